// C streams whose bytes come from functions: the C library's own way to make one is hidden from Swift.
#ifndef C_GRAPH_STREAM_SHIM_H
#define C_GRAPH_STREAM_SHIM_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/// At most `count` bytes from where the stream stands; -1 when that fails.
typedef ssize_t (*StreamRead)(void *context, char *buffer, size_t count);
/// Goes to an offset from `origin`, one of SEEK_SET, SEEK_CUR and SEEK_END, and tells in it how far from the start that
/// is; -1 when that fails.
typedef int (*StreamSeek)(void *context, int64_t *offset, int origin);

/// A stream to be read and sought in, which calls these functions with `context`. NULL when there is no memory.
FILE *stream_shim_open(void *context, StreamRead read, StreamSeek seek);

/// Takes `count` bytes; returns `count`, or 0 when that fails.
typedef ssize_t (*StreamWrite)(void *context, const char *bytes, size_t count);

/// A stream to be written, which calls this function with `context`. NULL when there is no memory.
FILE *stream_shim_open_to_write(void *context, StreamWrite write);

#endif
