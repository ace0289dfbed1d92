/// A line of an ncnn `.param` file: what is computed of what, and by which numbers.
struct NCNNLayer {
    enum Argument: Hashable {
        case number(Double)
        case numbers([Double])
        case text(String)
    }

    var type: String
    var name: String
    var inputs: [String]
    var outputs: [String]
    private let arguments: [Int: Argument]
    private let readKeys = ReadKeys()

    /// The arguments that somebody asked for.
    private final class ReadKeys {
        var keys: Set<Int> = []
    }

    /// An argument; nil where it is missing.
    func argument(_ key: Int) -> Argument? {
        readKeys.keys.insert(key)
        return arguments[key]
    }

    /// The first argument that nobody asked for and that changes what is computed: an expression, or one of those below.
    var unreadArgument: Int? {
        arguments.keys.sorted().first { key in
            if readKeys.keys.contains(key) { return false }
            if case .text = arguments[key] { return true }
            return Self.meaningful[type]?.contains(key) ?? false && arguments[key] != .number(0)
        }
    }

    /// Weights of 8 bits, and weights that come as an input.
    private static let meaningful: [String: Set<Int>] = [
        "Convolution": [8, 19], "ConvolutionDepthWise": [8, 19], "Deconvolution": [28], "DeconvolutionDepthWise": [28],
        "InnerProduct": [8],
    ]

    /// A whole number, or what stands for it where it is missing.
    func integer(_ key: Int, _ byDefault: Int) -> Int {
        guard case .number(let number) = argument(key) else { return byDefault }
        return Self.whole(number) ?? byDefault
    }

    /// A number, or what stands for it where it is missing.
    func float(_ key: Int, _ byDefault: Double) -> Double {
        if case .number(let number) = argument(key) { number } else { byDefault }
    }

    /// A list; empty where it is missing.
    func floats(_ key: Int) -> [Double] {
        if case .numbers(let numbers) = argument(key) { numbers } else { [] }
    }

    /// A list of whole numbers; nil where it is missing.
    func integers(_ key: Int) -> [Int]? {
        guard case .numbers(let numbers) = argument(key) else { return nil }
        return numbers.map { Self.whole($0) ?? 0 }
    }

    /// No layer has larger numbers.
    private static func whole(_ number: Double) -> Int? {
        abs(number) < 4_294_967_296 ? Int(number.rounded(.towardZero)) : nil
    }
}

extension NCNNLayer {
    /// Lists have the key −23300 − k.
    private static let listKey = -23300
    private static let listLimit = 1 << 16
    private static let valueLimit = 1 << 12

    init(_ line: Substring, lineNumber: Int) throws(FormatFault) {
        func fault(_ problem: FormatFault.Network) -> FormatFault { FormatFault(.line(lineNumber), .network(problem)) }
        let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
        guard words.count >= 4, let inputCount = Int(words[2]), let outputCount = Int(words[3]),
            (0...Self.valueLimit).contains(inputCount), (0...Self.valueLimit).contains(outputCount),
            words.count >= 4 + inputCount + outputCount
        else { throw fault(.isNoLayer) }
        type = words[0]
        name = words[1]
        inputs = Array(words[4..<4 + inputCount])
        outputs = Array(words[4 + inputCount..<4 + inputCount + outputCount])
        var arguments: [Int: Argument] = [:]
        for word in words[(4 + inputCount + outputCount)...] {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let key = Int(parts[0]) else { throw fault(.isNoArgument(word)) }
            if key <= Self.listKey {
                let items = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
                let numbers = items.compactMap(\.self)
                guard numbers.count == items.count, items.count <= Self.listLimit, numbers.count >= 1,
                    numbers.allSatisfy(\.isFinite), numbers[0] == Double(numbers.count - 1)
                else { throw fault(.isNoArgument(word)) }
                arguments[Self.listKey - key] = .numbers(Array(numbers.dropFirst()))
            } else if let number = Double(parts[1]) {
                arguments[key] = .number(number)
            } else {
                arguments[key] = .text(String(parts[1]))
            }
        }
        self.arguments = arguments
    }
}
