import Foundation
import GraphTestSupport
import SystemPackage
import Testing

/// What a command did.
struct Finished {
    var status: Int32
    /// Whether the system killed it, as it does after a trap.
    var wasKilled: Bool
    var output: String
    var errors: String

    /// Expects success without a word on the standard error; returns what was printed.
    func success(_ place: SourceLocation = #_sourceLocation) -> String {
        #expect(status == 0 && !wasKilled && errors.isEmpty, "\(errors)", sourceLocation: place)
        return output
    }

    /// Expects code 1 and nothing printed but an error of one line; returns it.
    func failure(_ place: SourceLocation = #_sourceLocation) -> String {
        #expect(status == 1 && !wasKilled && output.isEmpty, "\(output)", sourceLocation: place)
        #expect(errors.count { $0 == "\n" } == 1, "\(errors)", sourceLocation: place)
        return errors.trimmingCharacters(in: .newlines)
    }
}

/// A new folder with what commands need, removed with all its files when the test ends.
final class Workplace {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/CommandTests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        keepPacks(of: FilePath(path))
        try? FileManager.default.removeItem(atPath: path)
    }

    func graphc(_ arguments: String...) throws -> Finished { try run(Self.graphc, arguments) }

    func graphrun(_ arguments: String...) throws -> Finished { try run(Self.graphrun, arguments) }

    func graphc(_ arguments: [String]) throws -> Finished { try run(Self.graphc, arguments) }

    func graphrun(_ arguments: [String]) throws -> Finished { try run(Self.graphrun, arguments) }

    /// Writes a file, and returns its name.
    func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: url(name))
        return name
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

    func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

    /// Names of all files, hidden ones too, sorted.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func url(_ name: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(name) }

    func path(_ name: String) -> FilePath { FilePath(path).appending(name) }

    /// Runs `graphrun` until there is a file of this name, and then sends it a signal.
    func graphrun(_ arguments: [String], signal: Int32, when name: String) throws -> Finished {
        try run(Self.graphrun, arguments) { process in
            while process.isRunning, !FileManager.default.fileExists(atPath: url(name).path) { usleep(1000) }
            kill(process.processIdentifier, signal)
        }
    }

    /// Runs a program that lies in this folder.
    func run(_ program: String, _ arguments: [String]) throws -> Finished { try run(url(program), arguments) }

    /// Runs commands of Bash, which can write names that are no text, until one fails.
    func bash(_ commands: String) throws -> Finished {
        let path = "PATH='\(Self.products.path)':$PATH"
        return try run(URL(fileURLWithPath: "/bin/bash"), ["-c", "set -e; export LC_ALL=C.UTF-8 \(path)\n\(commands)"])
    }

    /// Runs a program in this folder to its end.
    private func run(
        _ program: URL, _ arguments: [String], whileRunning: (Process) -> Void = { _ in }
    ) throws -> Finished {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.standardInput = FileHandle.nullDevice
        // Files take whatever comes, where pipes would fill up. They lie beside the folder, not in it.
        let outputs = ["out", "err"].map { URL(fileURLWithPath: "\(path).\(UUID().uuidString).\($0)") }
        for output in outputs { _ = FileManager.default.createFile(atPath: output.path, contents: nil) }
        defer { for output in outputs { try? FileManager.default.removeItem(at: output) } }
        process.standardOutput = try FileHandle(forWritingTo: outputs[0])
        process.standardError = try FileHandle(forWritingTo: outputs[1])
        try process.run()
        whileRunning(process)
        process.waitUntilExit()
        return Finished(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: try String(contentsOf: outputs[0], encoding: .utf8),
            errors: try String(contentsOf: outputs[1], encoding: .utf8))
    }

    static let graphc = products.appendingPathComponent("graphc")
    static let graphrun = products.appendingPathComponent("graphrun")

    /// Where the built commands lie: beside the tests.
    private static let products = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()
}

/// The models of the project, by name, with parameters that make them small.
enum Models {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Graphs")

    static let names = ["edsr", "espcn", "srcnn", "vdsr"]

    static func path(_ name: String) -> String { folder.appendingPathComponent("\(name).graph").path }

    /// Arguments that name a small version of a model.
    static func small(_ name: String) -> [String] {
        let definitions = [
            "edsr": ["filters=5", "blocks=2", "residual=0.5"], "espcn": [], "srcnn": ["middle=3"],
            "vdsr": ["depth=4", "filters=6"],
        ]
        return [path(name)] + (definitions[name] ?? []).flatMap { ["-D", $0] }
    }
}
