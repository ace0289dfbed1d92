import ArgumentParser
import Glibc
import GraphCommandSupport

/// What `mpirun` and other starters tell a process: by Open MPI's variables, and by those of PMI, as MPICH's and Slurm's.
struct ProcessStarter {
    /// How many were started together.
    let processCount: Int
    private let isFirst: Bool

    init() {
        func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
        let started = [("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"), ("PMI_SIZE", "PMI_RANK")]
            .compactMap { size, rank in number(size).map { (count: $0, rank: number(rank) ?? 0) } }
            .max { $0.count < $1.count }
        processCount = max(1, started?.count ?? 1)
        isFirst = started?.rank ?? 0 == 0
    }

    /// Whether the standard output of this process is its starter's to hand on, whatever it looks like here.
    static var takesOutput: Bool { getenv("OMPI_COMM_WORLD_SIZE") != nil }

    /// - Throws: where several processes were started; the first of them says why.
    func refuseSeveral(_ reason: String) throws {
        guard processCount > 1 else { return }
        guard isFirst else {
            // A starter may end all when one has ended.
            sleep(1)
            throw ExitCode.failure
        }
        throw CommandError("\(processCount) processes were started together, and \(reason)")
    }
}
