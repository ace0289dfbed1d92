import GraphCommandSupport
import Foundation
import GraphModel
import GraphTestSupport
import Testing

@Suite struct KnownFilesTests {
    @Test func anOutputThatIsAnInputIsRefused() throws {
        let folder = TemporaryFolder()
        let file = folder.file("small.png", holding: [1])
        #expect(throws: CommandError.self) { try checkOutput(file, replacesNoneOf: ["elsewhere", file]) }
        #expect(throws: CommandError.self) { try checkOutput(folder.file("./small.png"), replacesNoneOf: [file]) }
        try checkOutput(folder.file("large.png"), replacesNoneOf: [file])
        try checkOutput("/dev/null", replacesNoneOf: ["/dev/null"])
    }
}
