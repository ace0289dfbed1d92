#if MPI
    import CGraphMPI
    import Glibc
    import GraphBasics
    import Synchronization

    /// A number that lies on the first rank, and that all ranks count up where it lies (`MPI_Fetch_and_op`).
    final class MPICounter: @unchecked Sendable {
        private let isHere: Bool
        private var window = graph_mpi_no_window()
        /// One thread calls MPI at a time.
        private let calls = Mutex(())
        private let isEnding = Atomic(false)
        private var attendant: SystemThread?

        /// How long others wait at most for a rank that is at work.
        private static let pause: UInt32 = 1000

        /// - Parameter isHere: whether it lies on this rank.
        init(isHere: Bool) {
            self.isHere = isHere
            var memory: UnsafeMutableRawPointer?
            withUnsafeMutablePointer(to: &memory) { memory in
                _ = MPI_Win_allocate(isHere ? 8 : 0, 8, graph_mpi_no_info(), graph_mpi_world(), memory, &window)
            }
            if isHere {
                MPI_Win_lock(graph_mpi_exclusive(), 0, 0, window)
                memory?.storeBytes(of: 0, as: Int64.self)
                MPI_Win_unlock(0, window)
            }
            MPI_Barrier(graph_mpi_world())
            guard isHere else { return }
            // Over some networks MPI answers others only while its rank calls it, which computes for seconds.
            attendant = try? SystemThread { [unowned self] in
                while !isEnding.load(ordering: .relaxed) {
                    var isThere: Int32 = 0
                    calls.withLock { _ in
                        _ = MPI_Iprobe(graph_mpi_any(), 0, graph_mpi_world(), &isThere, graph_mpi_no_status())
                    }
                    usleep(Self.pause)
                }
            }
        }

        func next() -> Int {
            calls.withLock { _ in
                var one: Int64 = 1
                var before: Int64 = 0
                MPI_Win_lock(graph_mpi_shared(), 0, 0, window)
                MPI_Fetch_and_op(&one, &before, graph_mpi_int64(), 0, 0, graph_mpi_sum(), window)
                MPI_Win_unlock(0, window)
                return Int(before)
            }
        }

        /// The thread that calls MPI for others ends.
        func stopAttending() {
            isEnding.store(true, ordering: .relaxed)
            attendant?.join()
        }

        /// Ends the number, when no rank counts any more.
        func free() { MPI_Win_free(&window) }
    }
#endif
