import Foundation
import Testing

/// What commands do with standard streams, and with signals.
struct StreamTests {
    private let place: Workplace
    private let picture: String

    init() throws {
        place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        picture = try place.picture("small.png", width: 6, height: 5)
        _ = try place.graphrun("infer", "model.gpack", picture, "-o", "big.png").success()
    }

    @Test func picturesComeAndGoByPipes() throws {
        let ways = [
            "cat small.png | graphrun infer model.gpack - -o - >out.png",
            "graphrun infer model.gpack small.png -o /dev/stdout | cat >out.png",
            "graphrun infer model.gpack small.png -o /dev/stdout --max-memory 64M | cat >out.png",
            "graphrun infer model.gpack small.png -o - --json >out.png",
            "mkfifo pipe; cat small.png >pipe & graphrun infer model.gpack pipe -o out.png",
        ]
        for way in ways {
            let finished = try place.bash(way)
            #expect(finished.status == 0, "\(way): \(finished.errors)")
            #expect(try place.bytes("out.png") == place.bytes("big.png"), "\(way)")
        }
    }

    /// What has no end and is no picture is refused by its beginning.
    @Test(arguments: ["yes", "cat /dev/zero", "cat /dev/urandom"])
    func endlessStreamsAreRefused(_ source: String) throws {
        let finished = try place.bash("\(source) | timeout 60 graphrun infer model.gpack - -o out.png")
        #expect(finished.status == 1 && finished.errors.contains("standard input: is"), "\(finished.errors)")
    }

    /// The system's limit on files is an error of writing like any other.
    @Test(arguments: [
        "resize small.png -o out.png --scale 40", "pack model.gpack -o out.gpack",
        "weights export model.gpack -o out.safetensors",
    ])
    func aLimitOnFilesIsTold(_ command: String) throws {
        let finished = try place.bash("ulimit -f 1; graphrun \(command)")
        #expect(finished.status == 1 && finished.errors.contains("cannot be written: File too large"), "\(finished.errors)")
        #expect(!place.names.contains { $0.contains("out") || $0.hasSuffix(".partial") }, "\(place.names)")
    }

    /// Whatever streams are closed, no word gets into a picture.
    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closedStreamsHarmNoPicture(_ closed: String) throws {
        _ = try place.bash("graphrun infer model.gpack small.png -o out.png \(closed)")
        #expect(try place.bytes("out.png") == place.bytes("big.png"))
    }

    @Test(arguments: [
        "graphc dump model.gpack", "graphc check model.gpack", "graphrun --help", "graphrun --version",
        "graphrun inspect model.gpack",
        "graphrun infer model.gpack small.png -o out.png",
    ])
    func outputThatCannotBeWrittenIsToldAndFails(_ command: String) throws {
        let full = try place.bash(command + " >/dev/full")
        #expect(full.status == 1 && full.errors.contains("standard output: cannot be written"), "\(full.errors)")
        let closed = try place.bash(command + " >&-")
        #expect(closed.status == 1 && closed.errors.contains("standard output: cannot be written"), "\(closed.errors)")
    }

    @Test func aPipeWithoutAReaderIsTold() throws {
        let finished = try place.bash("(sleep 0.3; graphrun infer model.gpack small.png -o - || echo $? >code) | true")
        #expect(finished.errors.contains("standard output: cannot be written: Broken pipe"), "\(finished.errors)")
        #expect(try place.text("code") == "1\n")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aRunThatASignalEndsLeavesNothing(_ signal: Int32) throws {
        let tall = try place.picture("tall.png", width: 60, height: 3000)
        let names = place.names
        let finished = try place.graphrun(
            ["infer", Models.path("vdsr"), tall, "-o", "huge.png"], signal: signal, when: ".huge.png.partial")
        #expect(finished.wasKilled && finished.status == signal)
        #expect(place.names == names)
    }
}
