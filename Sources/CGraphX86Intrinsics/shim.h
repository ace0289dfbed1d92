#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID and XGETBV.

/// Features of leaf 1, in ECX; 0 where the processor has no such leaf.
static inline unsigned x86_features_1_ecx(void) {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) ? ecx : 0;
}

/// Features of leaf 7, in EBX; 0 where the processor has no such leaf.
static inline unsigned x86_features_7_ebx(void) {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) ? ebx : 0;
}

/// Which registers the system saves, a bit each, when it turns to another process; 0 where it does not say.
static inline unsigned x86_saved_registers(void) {
  unsigned low = 0, high;
  if (x86_features_1_ecx() & 1u << 27) __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}
#endif
