import Foundation
import GraphCompiler
import GraphIR
import Testing

/// One of the project's models, made small enough for the interpreter.
public struct SmallModel: Sendable, CustomStringConvertible {
    public var file: String
    public var parameters: [String: CompileTimeValue]

    public static let all = [
        SmallModel(file: "edsr", parameters: ["filters": .int(8), "blocks": .int(2), "residual": .float(0.5)]),
        SmallModel(file: "espcn", parameters: [:]),
        SmallModel(file: "srcnn", parameters: [:]),
        SmallModel(file: "vdsr", parameters: ["depth": .int(3)]),
    ]

    /// Wide enough that its last three convolutions are computed as one.
    public static let composed = SmallModel(file: "edsr", parameters: ["filters": .int(32), "blocks": .int(1)])

    public var description: String { parameters["filters"].map { "\(file), filters \($0)" } ?? file }

    public func source() throws -> String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Graphs/\(file).graph")
        return try String(contentsOf: path, encoding: .utf8)
    }

    public func module(upTo stage: Stage = .fused) throws -> Module {
        try Pipeline.run(source(), parameters: parameters, upTo: stage)
    }

    public func entry(_ role: Role) throws -> Entry {
        try #require(module().entries.first { $0.role == role })
    }
}
