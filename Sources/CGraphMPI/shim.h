#include <mpi.h>

// What mpi.h names by macros that Swift cannot import, of Open MPI and of MPICH.
static inline MPI_Comm graph_mpi_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype graph_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype graph_mpi_float(void) { return MPI_FLOAT; }
static inline const void *graph_mpi_in_place(void) { return MPI_IN_PLACE; }
static inline MPI_Status *graph_mpi_no_status(void) { return MPI_STATUS_IGNORE; }
static inline int graph_mpi_funneled(void) { return MPI_THREAD_FUNNELED; }

// A call that has begun: MPI_Request is a pointer in one and a number in the other.
typedef struct { MPI_Request request; } graph_mpi_call;
