#define _GNU_SOURCE
#include "CGraphProcessShim.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static int argument_count;
static char *const *arguments;

// glibc calls constructors with what it calls `main` with.
__attribute__((constructor)) static void keep_arguments(int count, char *const *values) {
  argument_count = count;
  arguments = values;
}

char *const *process_shim_arguments(int *count) {
  *count = argument_count;
  return arguments;
}

const char *process_shim_executable_path(void) { return (const char *)getauxval(AT_EXECFN); }

static void (*_Atomic clean_up_before_end)(void);

void process_shim_end_when_memory_is_refused(void (*clean_up)(void)) { clean_up_before_end = clean_up; }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OTHER_ALLOCATOR
#endif
#endif

// The sanitizers have functions of their own in the place of these.
#ifndef HAS_OTHER_ALLOCATOR

void *__libc_malloc(size_t byte_count);
void *__libc_calloc(size_t count, size_t byte_count);
void *__libc_realloc(void *memory, size_t byte_count);
void *__libc_memalign(size_t alignment, size_t byte_count);

static void say(const char *text) {
  // Nobody can be told where this fails.
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

/// Does not return once the process is set up.
static void *refused(size_t byte_count) {
  static atomic_flag is_ending = ATOMIC_FLAG_INIT;
  void (*clean_up)(void) = clean_up_before_end;
  if (!clean_up) return NULL;
  // Other threads wait for the end.
  while (atomic_flag_test_and_set(&is_ending)) pause();
  clean_up();
  char digits[24];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  size_t kibibytes = byte_count / 1024 + 1;
  do *--first = (char)('0' + kibibytes % 10);
  while (kibibytes /= 10);
  say(program_invocation_short_name);
  say(": memory is short: the system refuses ");
  say(first);
  say(" KiB more; end other programs, or work on smaller pictures, crops or models\n");
  _exit(1);
}

static void *given(void *memory, size_t byte_count) {
  return memory || byte_count == 0 ? memory : refused(byte_count);
}

void *malloc(size_t byte_count) { return given(__libc_malloc(byte_count), byte_count); }

void *calloc(size_t count, size_t byte_count) {
  size_t all;
  if (__builtin_mul_overflow(count, byte_count, &all)) all = (size_t)-1;
  return given(__libc_calloc(count, byte_count), all);
}

void *realloc(void *memory, size_t byte_count) { return given(__libc_realloc(memory, byte_count), byte_count); }

void *memalign(size_t alignment, size_t byte_count) {
  return given(__libc_memalign(alignment, byte_count), byte_count);
}

void *aligned_alloc(size_t alignment, size_t byte_count) { return memalign(alignment, byte_count); }

int posix_memalign(void **memory, size_t alignment, size_t byte_count) {
  *memory = memalign(alignment, byte_count);
  return *memory || byte_count == 0 ? 0 : ENOMEM;
}

#endif
