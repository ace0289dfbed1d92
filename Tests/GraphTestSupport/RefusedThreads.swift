import Foundation

/// Takes all threads that the system gives, and calls `body` while it refuses another; for a test in a process of its own.
public func whileThreadsAreRefused(_ body: () throws -> Void) rethrows {
    // Room for a few stacks, and nothing else.
    var size = 0
    if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8), let pages = Int(text.prefix { $0 != " " }) {
        size = pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
    var limit = rlimit(rlim_cur: rlim_t(size + (48 << 20)), rlim_max: rlim_t(size + (48 << 20)))
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    // What is left is less than a stack of this project's threads, and enough for what the body does.
    let room = malloc(5 << 18)
    // A thread of another library may end and leave its stack: it is room for one of this project's, for some 2 ms at most.
    var poller = pthread_t()
    pthread_create(
        &poller, nil,
        { _ in
            while true {
                usleep(2000)
                takeThreads(stackByteCount: 2 << 20)
            }
        }, nil)
    takeThreads(stackByteCount: 1 << 19)
    free(room)
    try body()
}

/// Begins threads that never end, until the system refuses one.
private func takeThreads(stackByteCount: Int) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackByteCount)
    var thread = pthread_t()
    while pthread_create(&thread, &attributes, { _ in while true { sleep(1000) } }, nil) == 0 {}
}

/// Whether the process keeps so much address space for a sanitizer that no limit can be set on it.
public var hasSanitizer: Bool { dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil }
