import Foundation
import GraphCompiler
import GraphIR
import Testing

/// One of the project's models, made small enough for the interpreter.
public struct SmallModel: Sendable, CustomStringConvertible {
    public var file: String
    public var parameters: [String: CompileTimeValue]
    /// What the sides of pictures are multiples of.
    public var sideMultiple: Int

    public init(file: String, parameters: [String: CompileTimeValue], sideMultiple: Int = 1) {
        self.file = file
        self.parameters = parameters
        self.sideMultiple = sideMultiple
    }

    public static let all = [
        SmallModel(file: "edsr", parameters: ["filters": .int(8), "blocks": .int(2), "residual": .float(0.5)]),
        SmallModel(file: "espcn", parameters: [:]),
        SmallModel(file: "srcnn", parameters: [:]),
        SmallModel(file: "vdsr", parameters: ["depth": .int(3)]),
    ]

    /// The seventeen networks that `Tools/compare-models` measures, of `Graphs` and of `Tests/Networks`, and one with batch norm
    /// in training.
    public static let networks = [
        SmallModel(file: "edsr", parameters: ["filters": .int(32), "blocks": .int(1)]),
        SmallModel(file: "edsr", parameters: ["filters": .int(16), "blocks": .int(2), "residual": .float(0.5)]),
        SmallModel(file: "edsr", parameters: ["filters": .int(12), "blocks": .int(2), "scale": .int(3)]),
        SmallModel(file: "dncnn", parameters: ["depth": .int(4), "filters": .int(8)]),
        SmallModel(file: "rrdb", parameters: ["filters": .int(8), "growth": .int(4), "blocks": .int(1)]),
        SmallModel(file: "espcn", parameters: ["scale": .int(4)]),
        SmallModel(file: "srvgg", parameters: ["filters": .int(8), "convs": .int(2)]),
        SmallModel(file: "srvgg-leaky", parameters: ["filters": .int(8), "convs": .int(2)]),
        SmallModel(file: "vdsr", parameters: ["depth": .int(4), "filters": .int(8)]),
        SmallModel(file: "unet", parameters: ["filters": .int(4)], sideMultiple: 4),
        SmallModel(file: "unet-strided", parameters: ["filters": .int(4)], sideMultiple: 8),
        SmallModel(file: "srresnet", parameters: ["filters": .int(8), "blocks": .int(1)]),
        SmallModel(file: "conv5", parameters: ["filters": .int(8), "depth": .int(2)]),
        SmallModel(file: "fsrcnn", parameters: ["wide": .int(12), "narrow": .int(5), "maps": .int(2)]),
        SmallModel(
            file: "rcan", parameters: ["filters": .int(8), "groups": .int(1), "blocks": .int(2), "reduction": .int(4)]),
        SmallModel(file: "imdn", parameters: ["filters": .int(32)]),
        SmallModel(file: "mobile", parameters: ["filters": .int(8), "expansion": .int(2), "blocks": .int(1)]),
        SmallModel(file: "batch-norm", parameters: ["filters": .int(8)]),
    ]

    /// Wide enough that its last three convolutions are computed as one.
    public static let composed = SmallModel(file: "edsr", parameters: ["filters": .int(32), "blocks": .int(1)])

    public var description: String { parameters["filters"].map { "\(file), filters \($0)" } ?? file }

    public func source() throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let paths = ["../Graphs", "Networks"].map { tests.appendingPathComponent("\($0)/\(file).graph") }
        let path = try #require(paths.first { FileManager.default.fileExists(atPath: $0.path) })
        return try String(contentsOf: path, encoding: .utf8)
    }

    public func module(upTo stage: Stage = .fused) throws -> Module {
        try Pipeline.run(source(), parameters: parameters, upTo: stage)
    }

    public func entry(_ role: Role) throws -> Entry {
        try #require(module().entries.first { $0.role == role })
    }
}
