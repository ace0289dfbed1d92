#if MPI
    import CGraphMPI
    import Glibc
    import GraphRuntime

    /// The processes that `mpirun`, or another starter of MPI, has started together.
    ///
    /// MPI's library moves data and computes nothing. What goes wrong in it ends all processes with its message, as the library
    /// does by itself. One thread calls it at a time.
    public final class MPIRanks: RankGroup {
        /// In the order of the starter.
        public let rank: Int
        /// All that were started.
        public let count: Int

        /// What starters tell the processes that they start: Open MPI's, those of PMIx, and those of PMI as MPICH's.
        private static let names = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"]

        /// Whether this process was asked to end, so that waiting for others has a limit.
        private let isEnding: @Sendable () -> Bool
        /// How long others are waited for from then on: they end their step, which is no shorter or longer than this rank's, and
        /// write what they are writing; those that never come are dead. Starters that know of a death do not wait so long.
        private static let patience = Duration.seconds(20)

        /// Of messages that a rank has failed; rows of pictures have 0.
        private static let failureTag: Int32 = 1

        /// Joins the group that this process was started in.
        ///
        /// - Parameter isEnding: whether this process was asked to end. Ranks that do not come within some seconds then count as
        ///   dead, and all end without them.
        /// - Returns: nil for a process that was started by itself.
        /// - Throws: when the library cannot serve threads one after the other.
        public static func joined(isEnding: @escaping @Sendable () -> Bool) throws(MPIError) -> MPIRanks? {
            guard names.contains(where: { getenv($0) != nil }) else { return nil }
            var provided: Int32 = 0
            MPI_Init_thread(nil, nil, graph_mpi_serialized(), &provided)
            let ranks = MPIRanks(isEnding)
            guard provided >= graph_mpi_serialized() else {
                ranks.leave()
                throw .noThreads
            }
            return ranks
        }

        private init(_ isEnding: @escaping @Sendable () -> Bool) {
            self.isEnding = isEnding
            var rank: Int32 = 0
            var count: Int32 = 0
            MPI_Comm_rank(graph_mpi_world(), &rank)
            MPI_Comm_size(graph_mpi_world(), &count)
            self.rank = Int(rank)
            self.count = Int(count)
        }

        /// Waits until all ranks leave. No other call may follow.
        public func leave() {
            waitForAll()
            MPI_Finalize()
        }

        /// Ends the processes of all ranks.
        public func end(status: Int32) { MPI_Abort(graph_mpi_world(), status) }

        /// By `MPI_Iallgather`.
        public func gather(_ bytes: [UInt8]) -> [UInt8] {
            let length = Int32(bytes.count)
            return Array(unsafeUninitializedCapacity: bytes.count * count) { all, initialized in
                bytes.withUnsafeBytes { own in
                    wait { call in
                        MPI_Iallgather(
                            own.baseAddress, length, graph_mpi_byte(), all.baseAddress, length, graph_mpi_byte(),
                            graph_mpi_world(), &call.request)
                    }
                }
                initialized = bytes.count * count
            }
        }

        /// By `MPI_Ialltoallv`.
        public func exchange(
            _ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>],
            into pieces: UnsafeMutableBufferPointer<Float>
        ) {
            withLayout(of: slices) { counts, places in
                let length = slices[rank].count
                withLayout(of: (0..<count).map { $0 * length..<($0 + 1) * length }) { pieceCounts, piecePlaces in
                    wait { call in
                        MPI_Ialltoallv(
                            numbers.baseAddress, counts, places, graph_mpi_float(), pieces.baseAddress, pieceCounts,
                            piecePlaces, graph_mpi_float(), graph_mpi_world(), &call.request)
                    }
                }
            }
        }

        /// By `MPI_Iallgatherv`.
        public func share(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>]) {
            withLayout(of: slices) { counts, places in
                wait { call in
                    MPI_Iallgatherv(
                        graph_mpi_in_place(), 0, graph_mpi_float(), numbers.baseAddress, counts, places, graph_mpi_float(),
                        graph_mpi_world(), &call.request)
                }
            }
        }

        /// By `MPI_Igatherv`.
        public func collect(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>]) {
            let slice = slices[rank]
            let own = isFirst ? graph_mpi_in_place() : UnsafeRawPointer(numbers.baseAddress.map { $0 + slice.lowerBound })
            withLayout(of: slices) { counts, places in
                wait { call in
                    MPI_Igatherv(
                        own, Int32(slice.count), graph_mpi_float(), numbers.baseAddress, counts, places, graph_mpi_float(), 0,
                        graph_mpi_world(), &call.request)
                }
            }
        }

        /// By `MPI_Isend` and `MPI_Irecv`.
        public func hand(_ bytes: UnsafeMutableRawBufferPointer, from sender: Int) {
            let length = Int32(bytes.count)
            if rank == sender {
                wait { call in
                    MPI_Isend(bytes.baseAddress, length, graph_mpi_byte(), 0, 0, graph_mpi_world(), &call.request)
                }
            } else if isFirst {
                wait { call in
                    MPI_Irecv(
                        bytes.baseAddress, length, graph_mpi_byte(), Int32(sender), 0, graph_mpi_world(), &call.request)
                }
            }
        }

        /// By `MPI_Isend`, with a tag of its own.
        public func announceFailure() {
            for other in 0..<Int32(count) where other != Int32(rank) {
                var call = graph_mpi_call()
                MPI_Isend(nil, 0, graph_mpi_byte(), other, Self.failureTag, graph_mpi_world(), &call.request)
                MPI_Request_free(&call.request)
            }
        }

        /// By `MPI_Iprobe`.
        public var isFailureAnnounced: Bool {
            var isThere: Int32 = 0
            MPI_Iprobe(graph_mpi_any(), Self.failureTag, graph_mpi_world(), &isThere, graph_mpi_no_status())
            return isThere != 0
        }

        /// By `MPI_Irecv`.
        public func takeAnnouncement(from rank: Int) {
            wait { call in
                MPI_Irecv(nil, 0, graph_mpi_byte(), Int32(rank), Self.failureTag, graph_mpi_world(), &call.request)
            }
        }

        /// By a number on the first rank.
        public func counting(_ body: (_ next: @escaping @Sendable () -> Int) throws -> Void) rethrows {
            let counter = MPICounter(isHere: isFirst)
            do { try body { counter.next() } } catch {
                // The end of this rank is that of all.
                counter.stopAttending()
                throw error
            }
            counter.stopAttending()
            waitForAll()
            counter.free()
        }

        /// Waits until all ranks have come here, which may take hours, or as long as the first writes a checkpoint: others use the
        /// processor meanwhile.
        private func waitForAll() {
            wait(pause: 1000) { call in MPI_Ibarrier(graph_mpi_world(), &call.request) }
        }

        /// Begins a call and waits until it is done. Other processes on this processor run meanwhile.
        ///
        /// - Parameter pause: microseconds between looks, without a limit; 0 where each counts.
        private func wait(pause: UInt32 = 0, _ begin: (inout graph_mpi_call) -> Int32) {
            var call = graph_mpi_call()
            _ = begin(&call)
            var asked: ContinuousClock.Instant?
            while true {
                var isDone: Int32 = 0
                MPI_Test(&call.request, &isDone, graph_mpi_no_status())
                if isDone != 0 { return }
                if pause > 0 { usleep(pause) } else { sched_yield() }
                guard pause == 0, isEnding() else { continue }
                let since = asked ?? .now
                asked = since
                if .now - since > Self.patience {
                    let seconds = Self.patience.components.seconds
                    let words = "graphrun: rank \(rank): others have not come for \(seconds) seconds, and all end\n"
                    _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
                    end(status: 1)
                }
            }
        }

        /// Calls `body` with the slices as MPI has them: in numbers of 32 bits, which 2^31 weights would pass.
        private func withLayout(
            of slices: [Range<Int>], _ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Void
        ) {
            let counts = slices.map { Int32($0.count) }
            let places = slices.map { Int32($0.lowerBound) }
            counts.withUnsafeBufferPointer { counts in
                places.withUnsafeBufferPointer { places in body(counts.baseAddress, places.baseAddress) }
            }
        }
    }
#endif
