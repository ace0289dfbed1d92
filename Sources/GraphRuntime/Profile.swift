import Glibc
import GraphCompiler

/// How long the tasks of each step took in one run.
public struct Profile: Hashable, Sendable {
    /// What one step, source or sink took.
    public struct Entry: Hashable, Sendable {
        /// Calls of its kernel in a run.
        public var taskCount = 0
        /// Of all tasks, one after another, however many workers ran them.
        public var seconds = 0.0
    }

    /// For each step of the program; those that belong to the preparation ran no task.
    public var steps: [Entry]
    /// Rows coming in and going out.
    public var streams = Entry()
}

extension Session {
    /// Runs the program once with what is bound, as `run()` does, and times each task.
    public func profiledRun() throws(RuntimeError) -> Profile {
        let times = UnsafeMutablePointer<TaskTime>.allocate(capacity: max(1, tasks.count))
        times.initialize(repeating: TaskTime(), count: tasks.count)
        tasks.times = times
        defer {
            tasks.times = nil
            times.deallocate()
        }
        try run()
        var profile = Profile(steps: Array(repeating: Profile.Entry(), count: program.steps.count))
        for index in 0..<tasks.count {
            switch tasks.work(index) {
            case .step(let step): profile.steps[step].add(times[index])
            case .source, .sink: profile.streams.add(times[index])
            }
        }
        return profile
    }
}

extension Profile.Entry {
    fileprivate mutating func add(_ time: TaskTime) {
        taskCount += 1
        seconds += Double(time.end - time.start) * 1e-9
    }
}

/// When a task began and ended, by the monotonic clock.
struct TaskTime {
    var start: UInt64 = 0
    var end: UInt64 = 0

    /// In nanoseconds.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
