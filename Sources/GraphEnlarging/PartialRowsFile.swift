import Glibc
import GraphFiles
import GraphRuntime
import SystemPackage

/// Rows of a picture whose strips are computed one after another: a file without a name beside the picture
/// to be, so that nothing is left of it however the run ends. The last strip completes the rows.
final class PartialRowsFile: PartialRows {
    private let output: String
    private let descriptor: Int32
    private let rowByteCount: Int

    /// - Parameter output: the picture to be; the file lies in its folder.
    init(beside output: String, rowByteCount: Int) throws(EnlargingError) {
        self.output = output
        self.rowByteCount = rowByteCount
        var template = Array(FilePath(output).folder.appending(".graphrun-strips-XXXXXX").string.utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .strips(output: output, .latest) }
        unlink(template)
    }

    deinit { close(descriptor) }

    func store(_ bytes: UnsafeRawBufferPointer, row: Int, firstByte: Int) throws {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(row * rowByteCount + firstByte + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw EnlargingError.strips(output: output, .latest) }
            done += count
        }
    }

    func load(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let count = pread(
                descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(row * rowByteCount + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw EnlargingError.strips(output: output, count < 0 ? .latest : .ioError) }
            done += count
        }
    }
}
