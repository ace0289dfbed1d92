import CGraphStreamShim
import Glibc
import GraphFiles
import SystemPackage

/// A picture's file as a C stream, for a decoder to read from its first byte on.
final class PictureInput {
    /// The file; nil for bytes in memory.
    let path: FilePath?
    /// Open until this object goes. It can be sought in.
    let file: UnsafeMutablePointer<FILE>
    /// Bytes of all of it.
    let byteCount: Int
    /// The first ``PictureFormat/startByteCount`` bytes, or all of a shorter file.
    let start: [UInt8]

    /// Lives as long as the stream.
    private let place: Place

    init(_ input: InputFile, path: FilePath?) throws(ImageError) {
        let place = Place(input)
        var start = [UInt8](repeating: 0, count: min(PictureFormat.startByteCount, input.byteCount))
        try inFile { () throws(FileError) in try input.fill(&start, at: 0) }
        let cookie = Unmanaged.passUnretained(place).toOpaque()
        guard let file = stream_shim_open(cookie, readNext, seek) else { throw .outOfMemory(path: path, .reading) }
        setvbuf(file, nil, _IOFBF, 1 << 16)
        self.path = path
        self.file = file
        self.start = start
        self.place = place
        byteCount = input.byteCount
    }

    deinit { fclose(file) }

    /// Makes sure that the file begins as those of the format do.
    ///
    /// - Throws: what it is instead.
    func check(is format: PictureFormat) throws(ImageError) {
        guard format.signatures.contains(where: { $0.begins(start) }) else {
            throw PictureFormat.refusal(of: start, path: path, readable: [format])
        }
    }

    /// The next bytes: as many as are asked for, or fewer at the end of the file. Memory grows with what arrives.
    func read(_ count: Int) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, byteCount))
        while bytes.count < count {
            let done = bytes.count
            let piece = min(count - done, max(done, 1 << 16))
            bytes.append(contentsOf: repeatElement(0, count: piece))
            let arrived = bytes.withUnsafeMutableBytes { fread($0.baseAddress! + done, 1, piece, file) }
            bytes.removeLast(piece - arrived)
            if arrived < piece {
                if let error = systemError { throw error }
                break
            }
        }
        return bytes
    }

    /// What the system said when it refused to read on; nil where it did not.
    var systemError: ImageError? { place.failure.map(ImageError.file) }
}

/// Where a stream stands in its file. Once a part could not be read, none is: what a decoder passes over in one place it
/// would miss in another.
private final class Place {
    private let input: InputFile
    private var offset = 0
    private(set) var failure: FileError?

    init(_ input: InputFile) { self.input = input }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard failure == nil else { return -1 }
        do throws(FileError) {
            let count = try input.read(into: buffer, at: offset)
            offset += count
            return count
        } catch {
            failure = error
            return -1
        }
    }

    func seek(to place: inout Int64, from origin: Int32) -> Int32 {
        let target = place + Int64(origin == SEEK_CUR ? offset : origin == SEEK_END ? input.byteCount : 0)
        guard target >= 0 else { return -1 }
        offset = Int(target)
        place = target
        return 0
    }
}

private func place(of context: UnsafeMutableRawPointer?) -> Place {
    Unmanaged<Place>.fromOpaque(context!).takeUnretainedValue()
}

private func readNext(_ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    place(of: context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
}

private func seek(_ context: UnsafeMutableRawPointer?, _ offset: UnsafeMutablePointer<Int64>?, _ origin: Int32) -> Int32 {
    place(of: context).seek(to: &offset!.pointee, from: origin)
}
