#ifndef CGRAPH_VIPS_SHIM_H
#define CGRAPH_VIPS_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// Pictures by libvips, whose functions take any number of arguments, which Swift cannot call. It is empty without the
/// package trait Vips.

/// What holds a picture. AVIF and HEIC are HEIF.
typedef enum __attribute__((enum_extensibility(closed))) {
  VipsContainerTIFF,
  VipsContainerHEIF,
  VipsContainerJXL,
} VipsContainer;

typedef enum __attribute__((enum_extensibility(closed))) {
  VipsColoursGrey,
  VipsColoursRGB,
  VipsColoursOther,
} VipsColours;

/// A picture that libvips reads.
typedef struct _VipsImage VipsReading;

typedef struct {
  int width, height;
  /// Samples of a pixel, alpha included.
  int sample_count;
  /// 8 or 16; 0 for samples that are no whole numbers of 8 or 16 bits.
  int bit_depth;
  VipsColours colours;
  /// The file has inks, of which RGB was made.
  bool was_cmyk;
  /// Bits that count in samples of a HEIF; 0 where they all do.
  int heif_bit_depth;
  /// Pictures in the file.
  int page_count;
  /// Pixels of a millimetre; 0 where nothing is told.
  double x_resolution, y_resolution;
} VipsHeader;

/// A part of what a file tells beside its pixels.
typedef struct {
  const void *bytes;
  size_t byte_count;
} VipsPart;

/// Before all else, once. False where libvips cannot run.
bool vips_shim_start(void);
/// Reads the header of a file, which stays the caller's, and must stay open as long as the reading; NULL where that fails.
VipsReading *vips_shim_open(FILE *file, VipsContainer container, VipsHeader *header);
/// Rows from `first` on, behind those that were read before: interleaved samples in the processor's byte order.
bool vips_shim_read_rows(VipsReading *reading, int first, int count, void *rows);
/// An ICC profile, an Exif block, or an XMP packet; it lives as long as the reading.
VipsPart vips_shim_profile(VipsReading *reading);
VipsPart vips_shim_exif(VipsReading *reading);
VipsPart vips_shim_xmp(VipsReading *reading);
void vips_shim_close(VipsReading *reading);

typedef struct {
  VipsContainer container;
  /// In a HEIF AV1 rather than HEVC.
  bool is_av1;
  /// From 1 to 100; 0 for no loss, which a HEIF cannot.
  int quality;
  /// Of a HEIF's samples: 8, 10 or 12.
  int heif_bit_depth;
  int width, height, sample_count, bit_depth;
  bool is_grey;
  /// Pixels of a millimetre; 0 to tell nothing.
  double x_resolution, y_resolution;
  VipsPart profile, exif, xmp;
} VipsEncoding;

/// The whole file, which `vips_shim_free` gives back; no bytes where that fails.
VipsPart vips_shim_encode(const VipsEncoding *encoding, const void *pixels);

/// The last line of what libvips says was wrong, which `vips_shim_free` gives back.
char *vips_shim_take_message(void);
void vips_shim_free(const void *memory);

#endif
