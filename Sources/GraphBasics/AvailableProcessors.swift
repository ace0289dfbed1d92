import CGraphProcessorShim
import Glibc

/// Processors that this process may run on, which its starter may have bound to some of them: the default number of threads.
public func availableProcessorCount() -> Int {
    let count = Int(processor_shim_available_count())
    return max(1, count > 0 ? count : sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
