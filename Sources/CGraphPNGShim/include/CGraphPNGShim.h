#ifndef CPNGSHIM_H
#define CPNGSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// A PNG being read or written by libpng, which reports an error by `longjmp`, over frames that Swift
/// must unwind. These functions return false instead and leave libpng's words in `png_shim_message`.
/// After false the stream may only be freed. The file stays the caller's.
typedef struct PNGStream PNGStream;

typedef struct {
  uint32_t width, height;
  /// Bytes of one row as stored, before conversion to RGB.
  size_t stored_row_byte_count;
  /// 1, or 7 for an interlaced picture, whose rows are all read once in each pass.
  int pass_count;
} PNGHeader;

/// What the pixels of rows are: interleaved samples of 8 or 16 bits, those of 16 in the processor's byte order.
typedef struct {
  bool is_grey, has_alpha;
  int bit_depth;
} PNGPixels;

/// NULL when there is no memory.
PNGStream *png_shim_create_reader(FILE *file);
bool png_shim_read_header(PNGStream *stream, PNGHeader *header);
/// Expands palettes, samples below 8 bits and transparent colours; all else stays as the file has it.
bool png_shim_start_rows(PNGStream *stream, PNGPixels *pixels);
/// A pass of an interlaced picture writes its own pixels of the row only.
bool png_shim_read_row(PNGStream *stream, uint8_t *row);
/// The last row of the last pass. libpng inflates what is left of the pixels' data with it, whatever their number: it may
/// read so many bytes of the file.
bool png_shim_read_last_row(PNGStream *stream, uint8_t *row, size_t most_bytes);
/// Checks what follows the last row: the last checksum and the end mark.
bool png_shim_read_end(PNGStream *stream);

/// NULL when there is no memory.
PNGStream *png_shim_create_writer(FILE *file);
/// `compression_strategy` is one of zlib's, `filters` a set of libpng's PNG_FILTER_ flags.
bool png_shim_write_header(
    PNGStream *stream, uint32_t width, uint32_t height, PNGPixels pixels, int compression_strategy, int filters);
/// Between the header and the rows, or between these and the end. `type` has four letters.
bool png_shim_write_chunk(PNGStream *stream, const char *type, const uint8_t *data, size_t byte_count);
bool png_shim_write_row(PNGStream *stream, const uint8_t *row);
bool png_shim_write_end(PNGStream *stream);

const char *png_shim_message(const PNGStream *stream);
void png_shim_free(PNGStream *stream);

#endif
