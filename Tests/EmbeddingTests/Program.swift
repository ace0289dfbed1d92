import Foundation

/// What a program did.
struct Finished {
    var status: Int32
    var output: String
    var errors: String
}

/// Runs a program in a folder to its end.
func run(
    _ program: String, _ arguments: [String] = [], in folder: String, environment: [String: String] = [:]
) throws -> Finished {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    // Files take whatever comes, where pipes would fill up. They lie beside the folder, not in it.
    let outputs = ["out", "err"].map { URL(fileURLWithPath: "\(folder).\(UUID().uuidString).\($0)") }
    for output in outputs { _ = FileManager.default.createFile(atPath: output.path, contents: nil) }
    defer { for output in outputs { try? FileManager.default.removeItem(at: output) } }
    process.standardOutput = try FileHandle(forWritingTo: outputs[0])
    process.standardError = try FileHandle(forWritingTo: outputs[1])
    try process.run()
    process.waitUntilExit()
    return Finished(
        status: process.terminationStatus, output: try String(contentsOf: outputs[0], encoding: .utf8),
        errors: try String(contentsOf: outputs[1], encoding: .utf8))
}

/// Where things lie.
enum Place {
    /// The checkout.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// What was built lies beside the tests.
    static let products = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    static let model = root + "/Models/edsr-x4.gpack"

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// A program that the system's PATH has; nil where it has none.
    static func program(_ name: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
