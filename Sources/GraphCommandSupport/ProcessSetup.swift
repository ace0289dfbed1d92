import CGraphProcessShim
import Glibc
import GraphFiles

/// Makes the process ready for a command, whatever it was started with.
///
/// - Standard streams that are closed are opened so that each use of them fails: a file that is opened later would take
///   their numbers, and messages would go into it.
/// - INT, TERM, HUP and the signals of timers and limits remove files that are not whole before they end the process, unless
///   whoever started it has them ignored, as `nohup` does.
/// - Memory that the system refuses is told in a line, and files that are not whole are removed.
/// - A pipe whose reader has gone, and a file that is larger than the process may write, are errors of writing, which are told,
///   and no silent end.
func setUpProcess() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest number that is free is the one that is closed.
        _ = open("/dev/null", mode)
    }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    PendingFiles.areRemoved(by: [SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2])
    process_shim_end_when_memory_is_refused { PendingFiles.removeAll() }
}
