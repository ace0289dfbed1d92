import GraphIR
import GraphInterchange

/// How a window moves over a line, an image or a volume, as ONNX says it: a number for each axis.
struct WindowArguments {
    var kernel: [Int]
    var strides: [Int]
    var dilations: [Int]
    /// Before the first of each axis, then behind the last.
    var pads: [Int]

    /// - Parameter sizes: of the axes, which some ways of padding depend on.
    init(_ node: ForeignNode, kernel: [Int], sizes: [Size]) throws(TranslationError) {
        self.kernel = kernel
        let rank = kernel.count
        strides = try node.integers("strides") ?? Array(repeating: 1, count: rank)
        dilations = try node.integers("dilations") ?? Array(repeating: 1, count: rank)
        pads = try node.integers("pads") ?? Array(repeating: 0, count: 2 * rank)
        guard (1...3).contains(rank), sizes.count == rank, kernel.allSatisfy({ (1...65536).contains($0) }) else {
            throw .node(.attribute("kernel_shape", "\(kernel)"))
        }
        guard pads.count == 2 * rank, pads.allSatisfy({ (0...65536).contains($0) }) else {
            throw .node(.attribute("pads", "\(pads)"))
        }
        guard strides.count == rank, strides.allSatisfy({ (1...64).contains($0) }) else {
            throw .node(.attribute("strides", "\(strides)"))
        }
        guard dilations.count == rank, dilations.allSatisfy({ (1...64).contains($0) }) else {
            throw .node(.attribute("dilations", "\(dilations)"))
        }
        let automatic = try node.text("auto_pad", "NOTSET")
        switch automatic {
        case "NOTSET": break
        case "VALID": pads = Array(repeating: 0, count: 2 * rank)
        case "SAME_UPPER", "SAME_LOWER":
            for axis in 0..<rank {
                let total: Int
                if strides[axis] == 1 {
                    total = reach(axis) - 1
                } else if let size = sizes[axis].constant {
                    total = max(0, ((size + strides[axis] - 1) / strides[axis] - 1) * strides[axis] + reach(axis) - size)
                } else {
                    throw .node(.symbolicSize)
                }
                let less = total / 2
                pads[axis] = automatic == "SAME_UPPER" ? less : total - less
                pads[axis + rank] = total - pads[axis]
            }
        default: throw .node(.attribute("auto_pad", automatic))
        }
    }

    private init(kernel: [Int], strides: [Int], dilations: [Int], pads: [Int]) {
        (self.kernel, self.strides, self.dilations, self.pads) = (kernel, strides, dilations, pads)
    }

    /// A window of as many rows as columns that moves by pixels.
    static func square(_ side: Int) -> WindowArguments {
        WindowArguments(kernel: [side, side], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0])
    }

    /// From the first tap of an axis to the last.
    func reach(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

    /// How many places the window has along an axis of this size.
    func count(_ axis: Int, of size: Size) -> Size {
        let padded = size + Size(pads[axis] + pads[axis + kernel.count])
        return (padded - reach(axis)).floorDivided(by: strides[axis]) + 1
    }

    /// Rounds the number of places up where a window would begin within the image: what is missing of it is padding.
    mutating func roundUp(_ sizes: [Size]) {
        let rank = kernel.count
        for axis in 0..<rank {
            guard let size = sizes[axis].constant else {
                // A quotient rounded up is one rounded down of as much more.
                pads[axis + rank] += strides[axis] - 1
                continue
            }
            let free = size + pads[axis] + pads[axis + rank] - reach(axis)
            var count = (max(0, free) + strides[axis] - 1) / strides[axis] + 1
            if (count - 1) * strides[axis] >= size + pads[axis] { count -= 1 }
            let needed = max(0, (count - 1) * strides[axis] + reach(axis) - size - pads[axis])
            pads[axis + rank] = min(max(pads[axis + rank], needed), needed + strides[axis] - 1)
        }
    }

    /// Rows and columns: of a line, a row; of a volume, each of its planes.
    var plane: WindowArguments {
        let rank = kernel.count
        func plane(_ numbers: [Int], _ missing: Int) -> [Int] { rank == 1 ? [missing] + numbers : Array(numbers.suffix(2)) }
        return WindowArguments(
            kernel: plane(kernel, 1), strides: plane(strides, 1), dilations: plane(dilations, 1),
            pads: plane(Array(pads.prefix(rank)), 0) + plane(Array(pads.suffix(rank)), 0))
    }

    /// The one step of both directions.
    func step() throws(TranslationError) -> Int {
        // Along an axis that is one row it is that of the other.
        if kernel[0] == 1, strides[0] == 1, pads[0] == 0, pads[2] == 0, isLine { return strides[1] }
        guard strides[0] == strides[1] else { throw .node(.attribute("strides", "\(strides)")) }
        return strides[0]
    }

    /// Whether images are single rows.
    var isLine = false

    /// The one distance of taps in both directions.
    func dilation() throws(TranslationError) -> Int {
        // A single row or column of taps has none.
        let needed = (0..<2).filter { kernel[$0] > 1 }.map { dilations[$0] }
        guard Set(needed).count <= 1 else { throw .node(.attribute("dilations", "\(dilations)")) }
        return needed.first ?? 1
    }

    /// Gives a filter HWIO of even sides a row or column of zeros behind the others, with as many more of padding.
    mutating func makeOdd(_ filter: KnownNumbers) throws(TranslationError) -> KnownNumbers {
        let added = kernel.map { $0.isMultiple(of: 2) ? 1 : 0 }
        if added == [0, 0] { return filter }
        let (height, width) = (kernel[0], kernel[1])
        let pixel = filter.shape[2] * filter.shape[3]
        let values = try filter.floats()
        var odd: [Float] = []
        for row in 0..<height {
            odd += values[row * width * pixel..<(row + 1) * width * pixel]
            odd += Array(repeating: 0, count: added[1] * pixel)
        }
        odd += Array(repeating: 0, count: added[0] * (width + added[1]) * pixel)
        for axis in 0..<2 {
            kernel[axis] += added[axis]
            pads[axis + 2] += added[axis] * dilations[axis]
        }
        return KnownNumbers(shape: [kernel[0], kernel[1]] + filter.shape[2...], floats: odd)
    }

    /// As `pad` of the language, in its shortest form.
    var padding: AttributeValue {
        let isSame = (0..<2).allSatisfy { axis in
            let margin: Int = kernel[axis] / 2 * dilations[axis]
            return !kernel[axis].isMultiple(of: 2) && [pads[axis], pads[axis + 2]] == [margin, margin]
        }
        if isSame { return .padding(.same) }
        if pads.allSatisfy({ $0 == 0 }) { return .padding(.valid) }
        if pads.allSatisfy({ $0 == pads[0] }) { return .size(Size(pads[0])) }
        return .sizes([pads[0], pads[2], pads[1], pads[3]].map { Size($0) })
    }
}
