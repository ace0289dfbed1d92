import GraphFiles
import Synchronization
import SystemPackage

/// Collects what is wrong with pictures, so that all are named at once. Any thread may add.
final class PictureErrors: Sendable {
    private let found = Mutex<[TrainingError]>([])

    /// The value of `body`; nil where it throws, which is kept.
    @discardableResult
    func collect<Value>(_ body: () throws(TrainingError) -> Value) -> Value? {
        do throws(TrainingError) {
            return try body()
        } catch {
            add(error)
            return nil
        }
    }

    func add(_ error: TrainingError) {
        found.withLock { found in
            // A picture of two folders, or of two passes, is named once.
            for error in error.parts where !found.contains(error) { found.append(error) }
        }
    }

    /// Throws what was collected: one error as it is, several as one.
    func throwAll() throws(TrainingError) {
        let found = found.withLock { $0 }
        guard found.count > 1 else { return try found.first.map { (error) throws(TrainingError) in throw error } ?? () }
        throw .unusablePictures(found.sorted { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) })
    }
}

extension TrainingError {
    fileprivate var parts: [TrainingError] {
        if case .unusablePictures(let errors) = self { return errors }
        return [self]
    }
}
