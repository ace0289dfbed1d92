#include <mpi.h>

// What mpi.h names by macros that Swift cannot import, of Open MPI and of MPICH.
static inline MPI_Comm graph_mpi_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype graph_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype graph_mpi_float(void) { return MPI_FLOAT; }
static inline const void *graph_mpi_in_place(void) { return MPI_IN_PLACE; }
static inline MPI_Datatype graph_mpi_int64(void) { return MPI_INT64_T; }
static inline MPI_Op graph_mpi_sum(void) { return MPI_SUM; }
static inline MPI_Info graph_mpi_no_info(void) { return MPI_INFO_NULL; }
static inline MPI_Win graph_mpi_no_window(void) { return MPI_WIN_NULL; }
static inline int graph_mpi_serialized(void) { return MPI_THREAD_SERIALIZED; }
static inline int graph_mpi_shared(void) { return MPI_LOCK_SHARED; }
static inline int graph_mpi_exclusive(void) { return MPI_LOCK_EXCLUSIVE; }
static inline int graph_mpi_any(void) { return MPI_ANY_SOURCE; }
static inline MPI_Status *graph_mpi_no_status(void) { return MPI_STATUS_IGNORE; }

// A call that has begun: MPI_Request is a pointer in one and a number in the other.
typedef struct { MPI_Request request; } graph_mpi_call;
