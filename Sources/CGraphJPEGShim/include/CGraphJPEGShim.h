#ifndef CJPEGSHIM_H
#define CJPEGSHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// A JPEG being read or written by libjpeg, which reports an error by a function that must not return: over frames that
/// Swift must unwind. These functions return false instead and leave libjpeg's words in `jpeg_shim_message`. After false
/// the stream may only be asked what was wrong, and freed. The file stays the caller's.
typedef struct JPEGStream JPEGStream;

/// What was wrong.
typedef enum __attribute__((enum_extensibility(closed))) {
  JPEGFailureDamaged,
  JPEGFailureCutShort,
  /// Nothing: the file is of a kind that libjpeg does not read, as 12 bits and lossless ones.
  JPEGFailureUnsupported,
  JPEGFailureOutOfMemory,
} JPEGFailure;

/// Pixels for each unit of length, as JFIF tells it.
typedef struct {
  /// 0 for the shape of a pixel alone, 1 for inches, 2 for centimetres.
  uint8_t unit;
  uint16_t x, y;
} JPEGDensity;

typedef struct {
  uint32_t width, height;
  /// Colours in the file, and samples of a pixel in rows: 1 for grey, 3 for RGB, 4 for CMYK, 0 for what has no meaning.
  int component_count, sample_count;
  /// Adobe's programs mark their files, and write CMYK inverted.
  bool has_adobe_marker;
  /// All coefficients are in memory before the first row.
  bool has_several_scans;
  bool is_arithmetic;
  bool has_density;
  JPEGDensity density;
} JPEGHeader;

/// A part of the header that libjpeg hands over as it stands.
typedef struct {
  /// 0xE0 + n for APPn, 0xFE for a comment.
  uint8_t code;
  /// Behind the length. Of APP13 and comments only the beginning.
  const uint8_t *bytes;
  size_t byte_count;
} JPEGMarker;

/// NULL when there is no memory.
JPEGStream *jpeg_shim_create_reader(FILE *file);
/// Reads up to the first scan. Rows will be grey, RGB or CMYK.
bool jpeg_shim_read_header(JPEGStream *stream, JPEGHeader *header);
/// A file of more scans is refused where its rows are read.
void jpeg_shim_limit_scans(JPEGStream *stream, int most_scans);
/// The next of the header's markers APP1, APP2, APP13 and COM; false behind the last. Its bytes live as long as the stream.
bool jpeg_shim_next_marker(JPEGStream *stream, JPEGMarker *marker);
/// Of a file of several scans reads all of it.
bool jpeg_shim_start_rows(JPEGStream *stream);
bool jpeg_shim_read_row(JPEGStream *stream, uint8_t *row);
/// Checks what follows the last row: the end mark.
bool jpeg_shim_read_end(JPEGStream *stream);
/// The scan that is read: 1 for the first.
int jpeg_shim_scan(const JPEGStream *stream);
/// Whether some bytes stand between the last row and the end mark.
bool jpeg_shim_has_spare_bytes(const JPEGStream *stream);

/// NULL when there is no memory.
JPEGStream *jpeg_shim_create_writer(FILE *file);
/// Grey or RGB. `quality` is 1 to 100. Colours have one sample for `colour_step` pixels along each side, 1 or 2.
bool jpeg_shim_write_header(
    JPEGStream *stream, uint32_t width, uint32_t height, bool is_grey, int quality, int colour_step,
    JPEGDensity density);
/// Between the header and the rows. At most 65533 bytes.
bool jpeg_shim_write_marker(JPEGStream *stream, uint8_t code, const uint8_t *bytes, size_t byte_count);
bool jpeg_shim_write_row(JPEGStream *stream, const uint8_t *row);
bool jpeg_shim_write_end(JPEGStream *stream);

JPEGFailure jpeg_shim_failure(const JPEGStream *stream);
const char *jpeg_shim_message(const JPEGStream *stream);
void jpeg_shim_free(JPEGStream *stream);

#endif
