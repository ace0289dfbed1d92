import SystemPackage

/// A network as the file of another program holds it: values by name, in ONNX's vocabulary of ops, images as `[N, C, H, W]`.
///
/// What is read from ONNX is in these words anyway. Layers of ncnn are put into them (`NCNN/`), so that what follows knows
/// one vocabulary.
public struct ForeignModel: Sendable {
    /// The formats of networks that are read.
    public enum Format: Hashable, Sendable {
        /// - Parameter opset: the version of ONNX's ops that the file was written for.
        case onnx(opset: Int)
        case ncnn
    }

    /// The file, as the caller named it.
    public var path: FilePath
    /// What the file was.
    public var format: Format
    /// What comes from the caller, each run.
    public var inputs: [ForeignValue]
    /// Results for the caller.
    public var outputs: [ForeignValue]
    /// Each behind the nodes that make its inputs.
    public var nodes: [ForeignNode]
    /// Numbers that the file holds, by the name of the value.
    public var tensors: [String: ForeignTensor]

    /// Each argument is the property of its name.
    public init(
        path: FilePath, format: Format, inputs: [ForeignValue], outputs: [ForeignValue], nodes: [ForeignNode],
        tensors: [String: ForeignTensor]
    ) {
        self.path = path
        self.format = format
        self.inputs = inputs
        self.outputs = outputs
        self.nodes = nodes
        self.tensors = tensors
    }
}

/// An input or output of a network.
public struct ForeignValue: Hashable, Sendable {
    /// The size of a dimension.
    public enum Size: Hashable, Sendable {
        case known(Int)
        /// Sizes of one name are one size.
        case symbol(String)
        case unknown
    }

    /// The value's name, by which nodes read it.
    public var name: String
    /// What an element is.
    public var element: ForeignElement
    /// The sizes, from the outermost; nil where the file does not say how many there are.
    public var sizes: [Size]?

    /// Each argument is the property of its name.
    public init(name: String, element: ForeignElement, sizes: [Size]?) {
        self.name = name
        self.element = element
        self.sizes = sizes
    }
}
