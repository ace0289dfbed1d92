// What the system's header shows to C alone.
#ifndef C_GRAPH_PROCESSOR_SHIM_H
#define C_GRAPH_PROCESSOR_SHIM_H

/// How many processors this process may run on; 0 where the system does not say.
int processor_shim_available_count(void);

#endif
