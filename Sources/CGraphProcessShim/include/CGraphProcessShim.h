// What C's start-up knows of a process, for which Swift's library opens files of the system; and an end in words where
// memory is refused, for which Swift's library aborts.
#ifndef C_GRAPH_PROCESS_SHIM_H
#define C_GRAPH_PROCESS_SHIM_H

/// The arguments as they were given, the program's name first.
char *const *process_shim_arguments(int *count);

/// The path that the program was started by; NULL where the system does not say.
const char *process_shim_executable_path(void);

/// From now on memory that the system refuses ends the process: `clean_up` is called, which may take none; a line says what
/// happened; and the exit code is 1.
void process_shim_end_when_memory_is_refused(void (*clean_up)(void));

#endif
