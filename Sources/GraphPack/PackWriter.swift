import GraphFiles
import SystemPackage

extension Pack {
    /// Writes the file, whole or not at all: the old one stays until the new one is on disk and has been read
    /// back and verified.
    ///
    /// Equal contents give equal files. In another storage format than `fp32` the file holds rounded weights,
    /// and reading it gives a pack that differs in them alone.
    ///
    /// - Throws: `invalidContents` if two tensors share a path, a limit is exceeded or a value does not fit the
    ///   storage format; `unwritable` with the system's reason.
    public func write(to path: FilePath) throws(PackError) {
        _ = try write(to: path, calls: .system)
    }

    /// Writes the file in another storage format than the pack's own.
    ///
    /// - Returns: what each weight takes in the file, and how far it was rounded.
    @discardableResult
    public func write(to path: FilePath, storage: StorageFormat) throws(PackError) -> StorageReport {
        var pack = self
        pack.storage = storage
        return try pack.write(to: path, calls: .system)
    }

    func write(to path: FilePath, calls: FileCalls) throws(PackError) -> StorageReport {
        let (file, report) = try synchronizedFile(path, calls: calls)
        if let partialPath = file.partialPath, let damage = PackVerification(contentsOf: partialPath).damage.first {
            throw .readsBackOtherwise(path: path, damage)
        }
        try inFile { () throws(FileError) in try file.commit() }
        return report
    }

    /// The bytes on disk, under another name still. They are in memory no more when this returns.
    private func synchronizedFile(
        _ path: FilePath, calls: FileCalls
    ) throws(PackError) -> (file: AtomicFile, report: StorageReport) {
        let encoded = try EncodedPack(self, path: path)
        let file = try inFile { () throws(FileError) in
            let file = try AtomicFile(path: path, calls: calls)
            try file.append(encoded.table.encoded())
            for chunk in encoded.chunks { try file.append(chunk.bytes) }
            try file.synchronize()
            return file
        }
        return (file, encoded.report)
    }
}
