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
  /// Grey, with or without transparency.
  bool is_grey;
} PNGHeader;

/// NULL when there is no memory. The file is past the 8 bytes of the signature.
PNGStream *png_shim_create_reader(FILE *file);
bool png_shim_read_header(PNGStream *stream, PNGHeader *header);
/// Chooses the form of the rows by the file: 3 bytes a pixel are RGB, 4 are RGBA, and 8 are RGBA in 16
/// bits, big-endian.
bool png_shim_start_rows(PNGStream *stream, size_t *pixel_byte_count);
/// A pass of an interlaced picture writes its own pixels of the row only.
bool png_shim_read_row(PNGStream *stream, uint8_t *row);
/// Checks what follows the last row: the last checksum and the end mark.
bool png_shim_read_end(PNGStream *stream);

/// NULL when there is no memory.
PNGStream *png_shim_create_writer(FILE *file);
/// 8-bit RGB. `filters` is a set of libpng's PNG_FILTER_ flags.
bool png_shim_write_header(
    PNGStream *stream, uint32_t width, uint32_t height, int compression_level, int filters);
bool png_shim_write_row(PNGStream *stream, const uint8_t *row);
bool png_shim_write_end(PNGStream *stream);

const char *png_shim_message(const PNGStream *stream);
void png_shim_free(PNGStream *stream);

#endif
