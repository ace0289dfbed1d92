import CGraphC
import Glibc
import GraphC

/// What is wrong with the arguments of a call.
struct CallError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Does what a call is for; keeps the words of what went wrong.
func status(_ body: () throws -> Void) -> graphc_status {
    LastError.set("")
    do {
        try body()
        // What a function of the caller's did meanwhile may have failed.
        LastError.set("")
        return GRAPHC_OK
    } catch {
        LastError.set("\(error)")
        let isCancelled = error as? EnlargingError == .cancelled || error as? ModelError == .cancelled
        return isCancelled ? GRAPHC_CANCELLED : GRAPHC_FAILED
    }
}

/// An argument that must not be null.
func given<Value>(_ value: Value?, _ name: String) throws(CallError) -> Value {
    guard let value else { throw CallError("\(name) is null") }
    return value
}

/// A string that must not be null, and is UTF-8.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(CallError) -> String {
    guard let text = String(validatingCString: try given(pointer, name)) else { throw CallError("\(name) is not UTF-8") }
    return text
}

/// The path of a file, which must not be null.
func path(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(CallError) -> FilePath {
    FilePath(platformString: try given(pointer, name))
}

/// The caller's function as an observer.
func observer(_ progress: graphc_progress?, _ context: UnsafeMutableRawPointer?) -> RunObserver {
    guard let progress else { return RunObserver() }
    var goesOn = true
    return RunObserver(
        progress: { if goesOn { goesOn = progress(context, $0.rowsDone, $0.rowCount) } }, isCancelled: { !goesOn })
}

/// What the last call of each thread has to say.
enum LastError {
    /// Each thread's text ends with the thread.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { free($0) }
        return key
    }()

    static func set(_ text: String) {
        free(pthread_getspecific(key))
        pthread_setspecific(key, text.isEmpty ? nil : strdup(text))
    }

    /// The thread's text, empty where there is nothing to say.
    static var pointer: UnsafePointer<CChar> {
        UnsafeRawPointer(pthread_getspecific(key) ?? UnsafeMutableRawPointer(mutating: nothing.utf8Start))
            .assumingMemoryBound(to: CChar.self)
    }

    private static let nothing: StaticString = ""
}
