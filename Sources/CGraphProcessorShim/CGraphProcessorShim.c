#define _GNU_SOURCE
#include "CGraphProcessorShim.h"

#include <sched.h>
#include <string.h>

int processor_shim_available_count(void) {
    cpu_set_t processors[16];  // 16384 of them.
    memset(processors, 0, sizeof processors);
    return sched_getaffinity(0, sizeof processors, processors) == 0 ? CPU_COUNT_S(sizeof processors, processors) : 0;
}
