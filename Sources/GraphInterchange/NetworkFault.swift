extension FormatFault {
    /// What is wrong with a file that holds a network. Names are those of the file.
    public enum Network: Hashable, Sendable {
        case leavesMessage
        case isNoField
        case isNoNumber
        case isNotText
        /// - Parameter byteLimit: what is read at most.
        case textIsTooLong(_ byteLimit: Int)
        case listIsTooLong(_ byteLimit: Int)
        case hasTooMany(Part, limit: Int)

        case isSparse
        case isNoTensor(String)
        case rank(Int)
        case sizes(of: String, [Int])
        case elementIsUnknown(of: String, Int)
        /// The elements that are there are not as many as the shape says.
        case elementCount(Int)
        /// Data in another file, under a path that leads out of the folder.
        case leavesFolder(of: String)

        case isMadeTwice(String)
        case isNotMade(String)
        case waitsForItself

        case isNoLayer
        /// - Parameter promised: by the second line; nil where that is no two numbers.
        case layerCount(_ promised: Int?, found: Int)
        case isNoArgument(String)
        /// A layer's weights need an argument that is missing, or cannot be.
        case argument(Int, of: String)
        case weightsEnd(of: String)
        /// Weights in a form that is not read, by its mark.
        case weightForm(of: String, mark: UInt32)
        case weightsAreLeft(byteCount: Int)

        /// What there can be too many of.
        public enum Part: String, Hashable, Sendable { case nodes, tensors, layers }
    }
}

extension FormatFault.Network: CustomStringConvertible {
    public var description: String {
        func shown(_ name: String) -> String { name.isPrintable ? "'\(name)'" : "a value" }
        return switch self {
        case .leavesMessage: "a field reaches beyond the end of what it belongs to"
        case .isNoField: "here stands no field of protobuf's"
        case .isNoNumber: "a number has no end"
        case .isNotText: "a name is not UTF-8"
        case .textIsTooLong(let limit): "a text has more than \(limit) bytes"
        case .listIsTooLong(let limit): "a list has more than \(limit) bytes"
        case .hasTooMany(let part, let limit): "there are more than \(limit) \(part.rawValue)"
        case .isSparse: "a tensor is sparse, which is not read"
        case .isNoTensor(let name):
            "\(shown(name)) is no tensor of numbers of whole bytes, as a text, a list or what has fewer bits, which is not read"
        case .rank(let rank): "a tensor has \(rank) dimensions, which are too many"
        case .sizes(let name, let sizes): "\(shown(name)) has the sizes \(sizes)"
        case .elementIsUnknown(let name, let number): "the elements of \(shown(name)) are of type \(number), which is not read"
        case .elementCount(let count): "a tensor does not hold the \(count) elements of its shape"
        case .leavesFolder(let name): "the data of \(shown(name)) lie under a path that leaves the file's folder"
        case .isMadeTwice(let name): "\(shown(name)) is made twice"
        case .isNotMade(let name): "\(shown(name)) is made by no node"
        case .waitsForItself: "it waits for its own result"
        case .layerCount(nil, let found): "here stand the numbers of layers and values, and \(found) layers follow"
        case .layerCount(let promised?, let found):
            "\(promised) layers are promised, and there are \(found)"
        case .isNoLayer: "here stands no layer: type, name, two counts and names of values"
        case .isNoArgument(let text): "'\(text.isPrintable ? String(text.prefix(80)) : "?")' is no argument"
        case .argument(let number, let layer): "argument \(number) of layer \(shown(layer)) is missing, or cannot be"
        case .weightsEnd(let layer): "the weights end before those of layer \(shown(layer))"
        case .weightForm(let layer, let mark):
            "the weights of layer \(shown(layer)) have the mark \(mark), and f32 and f16 are read"
        case .weightsAreLeft(let byteCount): "\(byteCount) bytes of weights belong to no layer"
        }
    }
}
