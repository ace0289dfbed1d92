#define _GNU_SOURCE
#include "CGraphStreamShim.h"

_Static_assert(sizeof(off64_t) == sizeof(int64_t), "offsets of streams have 64 bits");

FILE *stream_shim_open(void *context, StreamRead read, StreamSeek seek) {
  cookie_io_functions_t functions = {.read = read, .seek = (cookie_seek_function_t *)seek};
  return fopencookie(context, "r", functions);
}

FILE *stream_shim_open_to_write(void *context, StreamWrite write) {
  cookie_io_functions_t functions = {.write = write};
  return fopencookie(context, "w", functions);
}
