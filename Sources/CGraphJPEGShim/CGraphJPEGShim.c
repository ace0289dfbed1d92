#include "CGraphJPEGShim.h"

#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>

struct JPEGStream {
  union {
    struct jpeg_common_struct common;
    struct jpeg_decompress_struct reader;
    struct jpeg_compress_struct writer;
  };
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf caller;
  jpeg_saved_marker_ptr marker;
  bool is_in_header;
  int most_scans;
  bool has_spare_bytes;
  JPEGFailure failure;
  char message[JMSG_LENGTH_MAX];
};

enum {
  // Some cameras fill up the data of the picture. More than this are signs of damage. Those that the decoder has taken in
  // ahead, up to 8, are not counted.
  most_spare_bytes = 16,
  app1 = JPEG_APP0 + 1,
  app2 = JPEG_APP0 + 2,
  app13 = JPEG_APP0 + 13,
};

static JPEGFailure failure_of(int code) {
  switch (code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
      return JPEGFailureCutShort;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_EMPTY_IMAGE:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_WIDTH_OVERFLOW:
      return JPEGFailureUnsupported;
    case JERR_OUT_OF_MEMORY:
      return JPEGFailureOutOfMemory;
    default:
      return JPEGFailureDamaged;
  }
}

static void leave(j_common_ptr jpeg) {
  JPEGStream *stream = jpeg->client_data;
  stream->failure = failure_of(stream->errors.msg_code);
  stream->errors.format_message(jpeg, stream->message);
  longjmp(stream->caller, 1);
}

// libjpeg warns of data that it cannot understand and makes up what is missing.
static void judge(j_common_ptr jpeg, int level) {
  JPEGStream *stream = jpeg->client_data;
  if (level >= 0) return;
  switch (stream->errors.msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return;
    case JWRN_EXTRANEOUS_DATA: {
      int byte_count = stream->errors.msg_parm.i[0], next_marker = stream->errors.msg_parm.i[1];
      if (stream->is_in_header) return;
      if (next_marker != JPEG_EOI || byte_count > most_spare_bytes) break;
      stream->has_spare_bytes = true;
      return;
    }
  }
  leave(jpeg);
}

static void check_scan(j_common_ptr jpeg) {
  JPEGStream *stream = jpeg->client_data;
  if (stream->reader.input_scan_number <= stream->most_scans) return;
  stream->failure = JPEGFailureUnsupported;
  snprintf(stream->message, sizeof stream->message, "more than %d scans", stream->most_scans);
  longjmp(stream->caller, 1);
}

static JPEGStream *create(bool is_reader) {
  JPEGStream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  stream->common.err = jpeg_std_error(&stream->errors);
  stream->common.client_data = stream;
  stream->errors.error_exit = leave;
  stream->errors.emit_message = judge;
  if (setjmp(stream->caller)) {
    jpeg_shim_free(stream);
    return NULL;
  }
  // Both keep the error handler and the client's data.
  if (is_reader)
    jpeg_create_decompress(&stream->reader);
  else
    jpeg_create_compress(&stream->writer);
  return stream;
}

void jpeg_shim_free(JPEGStream *stream) {
  jpeg_destroy(&stream->common);
  free(stream);
}

JPEGFailure jpeg_shim_failure(const JPEGStream *stream) { return stream->failure; }

const char *jpeg_shim_message(const JPEGStream *stream) { return stream->message; }

JPEGStream *jpeg_shim_create_reader(FILE *file) {
  JPEGStream *stream = create(true);
  if (!stream) return NULL;
  if (setjmp(stream->caller)) {
    jpeg_shim_free(stream);
    return NULL;
  }
  jpeg_stdio_src(&stream->reader, file);
  return stream;
}

void jpeg_shim_limit_scans(JPEGStream *stream, int most_scans) {
  stream->most_scans = most_scans;
  stream->progress.progress_monitor = check_scan;
  stream->reader.progress = &stream->progress;
}

bool jpeg_shim_read_header(JPEGStream *stream, JPEGHeader *header) {
  j_decompress_ptr jpeg = &stream->reader;
  if (setjmp(stream->caller)) return false;
  jpeg_save_markers(jpeg, app1, 0xFFFF);
  jpeg_save_markers(jpeg, app2, 0xFFFF);
  jpeg_save_markers(jpeg, app13, 16);
  jpeg_save_markers(jpeg, JPEG_COM, 1);
  stream->is_in_header = true;
  jpeg_read_header(jpeg, TRUE);
  stream->is_in_header = false;
  stream->marker = jpeg->marker_list;
  // What stands between scans is not kept.
  jpeg_save_markers(jpeg, app1, 0);
  jpeg_save_markers(jpeg, app2, 0);
  jpeg_save_markers(jpeg, app13, 0);
  jpeg_save_markers(jpeg, JPEG_COM, 0);
  header->width = jpeg->image_width;
  header->height = jpeg->image_height;
  header->component_count = jpeg->num_components;
  header->sample_count = jpeg->out_color_space == JCS_GRAYSCALE ? 1
                         : jpeg->out_color_space == JCS_RGB     ? 3
                         : jpeg->out_color_space == JCS_CMYK    ? 4
                                                                : 0;
  header->has_adobe_marker = jpeg->saw_Adobe_marker;
  header->has_several_scans = jpeg_has_multiple_scans(jpeg);
  header->is_arithmetic = jpeg->arith_code;
  header->has_density = jpeg->saw_JFIF_marker;
  header->density = (JPEGDensity){jpeg->density_unit, jpeg->X_density, jpeg->Y_density};
  return true;
}

bool jpeg_shim_next_marker(JPEGStream *stream, JPEGMarker *marker) {
  jpeg_saved_marker_ptr saved = stream->marker;
  if (!saved) return false;
  *marker = (JPEGMarker){saved->marker, saved->data, saved->data_length};
  stream->marker = saved->next;
  return true;
}

bool jpeg_shim_start_rows(JPEGStream *stream) {
  if (setjmp(stream->caller)) return false;
  return jpeg_start_decompress(&stream->reader);
}

bool jpeg_shim_read_row(JPEGStream *stream, uint8_t *row) {
  if (setjmp(stream->caller)) return false;
  return jpeg_read_scanlines(&stream->reader, &row, 1) == 1;
}

bool jpeg_shim_read_end(JPEGStream *stream) {
  if (setjmp(stream->caller)) return false;
  return jpeg_finish_decompress(&stream->reader);
}

int jpeg_shim_scan(const JPEGStream *stream) { return stream->reader.input_scan_number; }

bool jpeg_shim_has_spare_bytes(const JPEGStream *stream) { return stream->has_spare_bytes; }

JPEGStream *jpeg_shim_create_writer(FILE *file) {
  JPEGStream *stream = create(false);
  if (!stream) return NULL;
  if (setjmp(stream->caller)) {
    jpeg_shim_free(stream);
    return NULL;
  }
  jpeg_stdio_dest(&stream->writer, file);
  return stream;
}

bool jpeg_shim_write_header(
    JPEGStream *stream, uint32_t width, uint32_t height, bool is_grey, int quality, int colour_step,
    JPEGDensity density) {
  j_compress_ptr jpeg = &stream->writer;
  if (setjmp(stream->caller)) return false;
  jpeg->image_width = width;
  jpeg->image_height = height;
  jpeg->input_components = is_grey ? 1 : 3;
  jpeg->in_color_space = is_grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, quality, TRUE);
  // Of the lightness alone; the colours' factors are 1.
  jpeg->comp_info[0].h_samp_factor = colour_step;
  jpeg->comp_info[0].v_samp_factor = colour_step;
  jpeg->density_unit = density.unit;
  jpeg->X_density = density.x;
  jpeg->Y_density = density.y;
  jpeg_start_compress(jpeg, TRUE);
  return true;
}

bool jpeg_shim_write_marker(JPEGStream *stream, uint8_t code, const uint8_t *bytes, size_t byte_count) {
  if (setjmp(stream->caller)) return false;
  jpeg_write_marker(&stream->writer, code, bytes, (unsigned)byte_count);
  return true;
}

bool jpeg_shim_write_row(JPEGStream *stream, const uint8_t *row) {
  // libjpeg reads the row and takes a pointer that is not const.
  JSAMPROW rows[] = {(JSAMPROW)row};
  if (setjmp(stream->caller)) return false;
  return jpeg_write_scanlines(&stream->writer, rows, 1) == 1;
}

bool jpeg_shim_write_end(JPEGStream *stream) {
  if (setjmp(stream->caller)) return false;
  jpeg_finish_compress(&stream->writer);
  return true;
}
