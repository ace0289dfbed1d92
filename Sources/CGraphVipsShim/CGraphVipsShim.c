#ifdef GRAPHC_VIPS
#include "CGraphVipsShim.h"

#include <string.h>
#include <vips/vips.h>

static void say_nothing(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
  (void)domain, (void)level, (void)message, (void)data;
}

bool vips_shim_start(void) {
  // Warnings, as of a module that is not installed, would go to standard error.
  g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO, say_nothing, NULL);
  if (VIPS_INIT("graphc")) return false;
  // Nothing is read twice by the same operation, and what it holds would stay in memory.
  vips_cache_set_max(0);
  // Whatever a file holds, libvips reads it by these alone.
  vips_operation_block_set("VipsForeignLoad", TRUE);
  vips_operation_block_set("VipsForeignLoadTiff", FALSE);
  vips_operation_block_set("VipsForeignLoadHeif", FALSE);
  vips_operation_block_set("VipsForeignLoadJxl", FALSE);
  return true;
}

static gint64 read_on(VipsSourceCustom *source, void *buffer, gint64 length, FILE *file) {
  (void)source;
  size_t count = fread(buffer, 1, length, file);
  return count == 0 && ferror(file) ? -1 : (gint64)count;
}

static gint64 seek(VipsSourceCustom *source, gint64 offset, int whence, FILE *file) {
  (void)source;
  return fseeko(file, offset, whence) ? -1 : ftello(file);
}

static VipsImage *load(VipsSource *source, VipsContainer container) {
  VipsImage *image = NULL;
  switch (container) {
    case VipsContainerTIFF:
      vips_tiffload_source(
          source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
      break;
    case VipsContainerHEIF:
      vips_heifload_source(
          source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
      break;
    case VipsContainerJXL:
      vips_jxlload_source(
          source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
      break;
  }
  return image;
}

static VipsColours colours(VipsImage *image) {
  switch (vips_image_get_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16: return VipsColoursGrey;
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16: return VipsColoursRGB;
    default: return VipsColoursOther;
  }
}

static int number(VipsImage *image, const char *name) {
  int value = 0;
  if (vips_image_get_typeof(image, name)) vips_image_get_int(image, name, &value);
  return value;
}

VipsReading *vips_shim_open(FILE *file, VipsContainer container, VipsHeader *header) {
  VipsSourceCustom *source = vips_source_custom_new();
  g_signal_connect(source, "read", G_CALLBACK(read_on), file);
  g_signal_connect(source, "seek", G_CALLBACK(seek), file);
  VipsImage *image = load(VIPS_SOURCE(source), container);
  g_object_unref(source);
  if (!image) return NULL;
  header->was_cmyk = vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;
  if (header->was_cmyk) {
    VipsImage *converted = NULL;
    int status = vips_colourspace(image, &converted, VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(image);
    if (status) return NULL;
    image = converted;
  }
  header->width = vips_image_get_width(image);
  header->height = vips_image_get_height(image);
  header->sample_count = vips_image_get_bands(image);
  VipsBandFormat format = vips_image_get_format(image);
  header->bit_depth = format == VIPS_FORMAT_UCHAR ? 8 : format == VIPS_FORMAT_USHORT ? 16 : 0;
  header->colours = colours(image);
  header->heif_bit_depth = number(image, "heif-bitdepth");
  header->page_count = vips_image_get_n_pages(image);
  bool is_told = vips_image_get_typeof(image, VIPS_META_RESOLUTION_UNIT);
  header->x_resolution = is_told ? vips_image_get_xres(image) : 0;
  header->y_resolution = is_told ? vips_image_get_yres(image) : 0;
  return image;
}

bool vips_shim_read_rows(VipsReading *image, int first, int count, void *rows) {
  // A region belongs to the thread that makes it, and the next rows may be read by another.
  VipsRegion *region = vips_region_new(image);
  VipsRect rect = {0, first, image->Xsize, count};
  bool is_read = vips_region_prepare(region, &rect) == 0;
  size_t row_byte_count = VIPS_IMAGE_SIZEOF_LINE(image);
  for (int y = 0; is_read && y < count; y += 1)
    memcpy((char *)rows + y * row_byte_count, VIPS_REGION_ADDR(region, 0, first + y), row_byte_count);
  g_object_unref(region);
  return is_read;
}

static VipsPart part(VipsImage *image, const char *name) {
  VipsPart part = {NULL, 0};
  if (vips_image_get_typeof(image, name)) vips_image_get_blob(image, name, &part.bytes, &part.byte_count);
  return part;
}

VipsPart vips_shim_profile(VipsReading *image) { return part(image, VIPS_META_ICC_NAME); }

VipsPart vips_shim_exif(VipsReading *image) { return part(image, VIPS_META_EXIF_NAME); }

VipsPart vips_shim_xmp(VipsReading *image) {
  VipsPart xmp = part(image, VIPS_META_XMP_NAME);
  // libvips 8.14 does not tell which of a HEIF's texts is the packet.
  for (int index = 0; !xmp.bytes && index < 8; index += 1) {
    char name[] = "heif-mime-0";
    name[sizeof name - 2] += index;
    VipsPart text = part(image, name);
    if (text.bytes && g_strstr_len(text.bytes, text.byte_count, "adobe:ns:meta/")) xmp = text;
  }
  return xmp;
}

void vips_shim_close(VipsReading *image) { g_object_unref(image); }

static void tell(VipsImage *image, const char *name, VipsPart part) {
  if (part.byte_count) vips_image_set_blob_copy(image, name, part.bytes, part.byte_count);
}

VipsPart vips_shim_encode(const VipsEncoding *encoding, const void *pixels) {
  VipsPart file = {NULL, 0};
  void *bytes = NULL;
  bool is_deep = encoding->bit_depth == 16;
  VipsInterpretation colours = encoding->is_grey ? (is_deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                                                 : (is_deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
  size_t byte_count = (size_t)encoding->width * encoding->height * encoding->sample_count * encoding->bit_depth / 8;
  VipsImage *memory = vips_image_new_from_memory(
      pixels, byte_count, encoding->width, encoding->height, encoding->sample_count,
      is_deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
  if (!memory) return file;
  bool tells = encoding->x_resolution > 0;
  // Without a resolution Exif has 72 pixels of an inch.
  double x = tells ? encoding->x_resolution : 72 / 25.4, y = tells ? encoding->y_resolution : 72 / 25.4;
  VipsImage *image = NULL;
  int status = vips_copy(memory, &image, "interpretation", colours, "xres", x, "yres", y, NULL);
  g_object_unref(memory);
  if (status) return file;
  tell(image, VIPS_META_ICC_NAME, encoding->profile);
  tell(image, VIPS_META_EXIF_NAME, encoding->exif);
  tell(image, VIPS_META_XMP_NAME, encoding->xmp);
  switch (encoding->container) {
    case VipsContainerTIFF:
      status = vips_tiffsave_buffer(
          image, &bytes, &file.byte_count, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
          VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "resunit", VIPS_FOREIGN_TIFF_RESUNIT_INCH, "bigtiff",
          byte_count > 2000000000, NULL);
      break;
    case VipsContainerHEIF:
      status = vips_heifsave_buffer(
          image, &bytes, &file.byte_count, "compression",
          encoding->is_av1 ? VIPS_FOREIGN_HEIF_COMPRESSION_AV1 : VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, "Q",
          encoding->quality, "bitdepth", encoding->heif_bit_depth, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_ON, NULL);
      break;
    case VipsContainerJXL:
      // Without loss the quality is not asked for, and must still be one.
      status = vips_jxlsave_buffer(
          image, &bytes, &file.byte_count, "Q", encoding->quality ? encoding->quality : 100, "lossless", encoding->quality == 0, NULL);
      break;
  }
  g_object_unref(image);
  if (status) return (VipsPart){NULL, 0};
  file.bytes = bytes;
  return file;
}

char *vips_shim_take_message(void) {
  char *all = vips_error_buffer_copy();
  g_strchomp(all);
  char *line = strrchr(all, '\n');
  char *last = g_strdup(line ? line + 1 : all);
  g_free(all);
  return last;
}

void vips_shim_free(const void *memory) { g_free((void *)memory); }
#endif
