import Glibc
import GraphFiles
import GraphImaging
import GraphRuntime
import SystemPackage

/// Rows of a picture that are computed in parts: a file without a name, so that nothing is left of it however the run ends.
final class PartialRowsFile: PartialRows {
    private let output: FilePath
    private let folder: FilePath
    private let descriptor: Int32
    private let rowByteCount: Int

    /// - Parameters:
    ///   - destination: of the picture to be. The file lies in the same folder; for a device or a stream in that for what
    ///     passes.
    ///   - isElsewhere: whether it lies there, too, for a file: on a disk of this machine.
    init(beside destination: PictureDestination, isElsewhere: Bool = false, rowByteCount: Int) throws(EnlargingError) {
        output = destination.path ?? ""
        self.rowByteCount = rowByteCount
        var folder = FilePath.folderOfWhatPasses
        if !isElsewhere, case .file(let path) = destination, FileStatus(path)?.kind != .other { folder = path.folder }
        self.folder = folder
        do { descriptor = try FileDescriptor.unnamedFile(in: folder).rawValue } catch {
            throw .strips(output: output, keptIn: folder, error)
        }
    }

    deinit { close(descriptor) }

    func store(_ bytes: UnsafeRawBufferPointer, row: Int, firstByte: Int) throws {
        var done = 0
        while done < bytes.count {
            let place = off_t(row * rowByteCount + firstByte + done)
            let count = retried { pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, place) }
            guard count > 0 else { throw EnlargingError.strips(output: output, keptIn: folder, .latest) }
            done += count
        }
    }

    func load(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let place = off_t(row * rowByteCount + done)
            let count = retried { pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, place) }
            guard count > 0 else { throw EnlargingError.strips(output: output, keptIn: folder, count < 0 ? .latest : .ioError) }
            done += count
        }
    }
}

extension PictureDestination {
    /// What keeps rows on their way there: memory for what stays in it, a file for all else.
    ///
    /// - Parameter ranks: those that are not the first keep theirs on their own machine.
    func partialRows(on ranks: any RankGroup = LoneRank()) -> (_ rowCount: Int, _ rowByteCount: Int) throws -> any PartialRows {
        { rowCount, rowByteCount in
            if case .memory = self { return PartialRowsInMemory(rowCount: rowCount, rowByteCount: rowByteCount) }
            return try PartialRowsFile(beside: self, isElsewhere: !ranks.isFirst, rowByteCount: rowByteCount)
        }
    }
}
