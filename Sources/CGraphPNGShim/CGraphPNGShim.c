#include "CGraphPNGShim.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

struct PNGStream {
  png_structp png;
  png_infop info;
  bool is_reader;
  FILE *file;
  // Bytes that may still be read before the last row is there.
  size_t remaining;
  char message[160];
};

static void keep_message(png_structp png, png_const_charp message) {
  PNGStream *stream = png_get_error_ptr(png);
  strncpy(stream->message, message, sizeof stream->message - 1);
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t byte_count) {
  PNGStream *stream = png_get_io_ptr(png);
  if (byte_count > stream->remaining) png_error(png, "more data than pixels");
  if (stream->remaining != SIZE_MAX) stream->remaining -= byte_count;
  if (fread(bytes, 1, byte_count, stream->file) != byte_count) png_error(png, "Read Error");
}

static PNGStream *create(FILE *file, bool is_reader) {
  PNGStream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  stream->is_reader = is_reader;
  stream->png = (is_reader ? png_create_read_struct : png_create_write_struct)(
      PNG_LIBPNG_VER_STRING, stream, keep_message, ignore_warning);
  if (stream->png) stream->info = png_create_info_struct(stream->png);
  if (!stream->info) {
    png_shim_free(stream);
    return NULL;
  }
  stream->file = file;
  stream->remaining = SIZE_MAX;
  if (is_reader)
    png_set_read_fn(stream->png, stream, read_bytes);
  else
    png_init_io(stream->png, file);
  // The caller sets the limits, and says so in its own words.
  png_set_user_limits(stream->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  return stream;
}

void png_shim_free(PNGStream *stream) {
  (stream->is_reader ? (void)png_destroy_read_struct(&stream->png, &stream->info, NULL)
                     : png_destroy_write_struct(&stream->png, &stream->info));
  free(stream);
}

const char *png_shim_message(const PNGStream *stream) { return stream->message; }

PNGStream *png_shim_create_reader(FILE *file) { return create(file, true); }

bool png_shim_read_header(PNGStream *stream, PNGHeader *header) {
  png_structp png = stream->png;
  if (setjmp(png_jmpbuf(png))) return false;
  // -1: skip every chunk but IHDR, PLTE, tRNS, IDAT and IEND. The caller carries the others as they stand.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  // Some writers name a smaller window of deflate in the header than their data need.
  png_set_option(png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
  png_read_info(png, stream->info);
  header->width = png_get_image_width(png, stream->info);
  header->height = png_get_image_height(png, stream->info);
  header->stored_row_byte_count = png_get_rowbytes(png, stream->info);
  header->pass_count =
      png_get_interlace_type(png, stream->info) == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
  return true;
}

static void swap_to_native(png_structp png) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  png_set_swap(png);
#endif
}

bool png_shim_start_rows(PNGStream *stream, PNGPixels *pixels) {
  png_structp png = stream->png;
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_expand(png);
  if (png_get_bit_depth(png, stream->info) == 16) swap_to_native(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, stream->info);
  int colour_type = png_get_color_type(png, stream->info);
  pixels->is_grey = !(colour_type & PNG_COLOR_MASK_COLOR);
  pixels->has_alpha = colour_type & PNG_COLOR_MASK_ALPHA;
  pixels->bit_depth = png_get_bit_depth(png, stream->info);
  return true;
}

bool png_shim_read_row(PNGStream *stream, uint8_t *row) {
  if (setjmp(png_jmpbuf(stream->png))) return false;
  png_read_row(stream->png, row, NULL);
  return true;
}

bool png_shim_read_last_row(PNGStream *stream, uint8_t *row, size_t most_bytes) {
  stream->remaining = most_bytes;
  bool is_read = png_shim_read_row(stream, row);
  stream->remaining = SIZE_MAX;
  return is_read;
}

bool png_shim_read_end(PNGStream *stream) {
  if (setjmp(png_jmpbuf(stream->png))) return false;
  png_read_end(stream->png, NULL);
  return true;
}

PNGStream *png_shim_create_writer(FILE *file) { return create(file, false); }

bool png_shim_write_header(
    PNGStream *stream, uint32_t width, uint32_t height, PNGPixels pixels, int compression_strategy, int filters) {
  png_structp png = stream->png;
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_compression_strategy(png, compression_strategy);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, filters);
  png_set_IHDR(
      png, stream->info, width, height, pixels.bit_depth,
      (pixels.is_grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB) | (pixels.has_alpha ? PNG_COLOR_MASK_ALPHA : 0),
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, stream->info);
  if (pixels.bit_depth == 16) swap_to_native(png);
  return true;
}

bool png_shim_write_chunk(PNGStream *stream, const char *type, const uint8_t *data, size_t byte_count) {
  if (setjmp(png_jmpbuf(stream->png))) return false;
  png_write_chunk(stream->png, (png_const_bytep)type, data, byte_count);
  return true;
}

bool png_shim_write_row(PNGStream *stream, const uint8_t *row) {
  if (setjmp(png_jmpbuf(stream->png))) return false;
  png_write_row(stream->png, row);
  return true;
}

bool png_shim_write_end(PNGStream *stream) {
  if (setjmp(png_jmpbuf(stream->png))) return false;
  png_write_end(stream->png, NULL);
  return true;
}
