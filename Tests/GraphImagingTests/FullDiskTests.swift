import Foundation
import GraphFiles
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphImaging

/// A picture is whole or the old one stays, wherever in it the disk is full: a child process whose files may not grow past a
/// size stands for one.
@Suite struct FullDiskTests {
    @Test func aFullDiskLeavesTheOldPicture() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            let pixels = noise(200, 150).pixels
            signal(SIGXFSZ, SIG_IGN)
            for format in PictureFormat.builtIn {
                let path = folder.file("a.\(format.ending)", holding: [7])
                for byteCount in [0, 1, 100, 4096] {
                    var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: rlim_t.max)
                    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                    let text = errorText {
                        try PictureEncoding(format).writer(
                            to: .file(path), size: PictureSize(width: 200, height: 150), layout: .rgb8,
                            metadata: PictureMetadata()
                        ).write(pixels)
                    }
                    limit.rlim_cur = rlim_t.max
                    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                    #expect(text == "\(path): cannot be written: File too large", "\(format) \(byteCount)")
                    #expect(fileBytes(path) == [7] && !folder.names.contains { $0.hasPrefix(".") })
                }
            }
        }
    }
}
