import GraphPack

/// One line of ``ImportRules``.
struct ImportRule: Hashable, Sendable {
    let lineNumber: Int
    private let pattern: NamePattern
    /// How many dimensions a tensor has that the rule is for; nil for any.
    private let rank: Int?
    private let target: Target
    private let steps: [Step]

    private enum Target: Hashable {
        case path(NamePattern)
        case dropped(ifIdentity: Bool)
    }

    private struct Step: Hashable {
        var action: Action
        var ifPresent: Bool
    }

    fileprivate enum Action: Hashable {
        case transposeFilter
        case unshuffle(to: Channels)
        case unshuffleInputs(from: Channels)
        case add(Operand)
        case addFiltered(filter: String, Operand)
        case divide(Float)
    }

    /// How many channels the larger picture of a pixel shuffle has.
    fileprivate enum Channels: Hashable {
        case countOf(String)
        case number(Int)
    }

    fileprivate enum Operand: Hashable {
        case tensor(String)
        case values([Float])
    }
}

extension ImportRule {
    init(_ line: Substring, lineNumber: Int) throws(FormatFault) {
        self.lineNumber = lineNumber
        func fault(_ problem: FormatFault.Problem) -> FormatFault { FormatFault(.line(lineNumber), problem) }
        guard let arrow = line.firstRange(ofText: "->") else { throw fault(.lacksArrow) }
        var name = line[..<arrow.lowerBound].trimmed
        var rank: Int?
        if let ofRank = name[...].firstRange(ofText: " of rank ") {
            rank = Int(name[ofRank.upperBound...].trimmed)
            guard rank != nil else { throw fault(.unknownStep(name)) }
            name = name[..<ofRank.lowerBound].trimmed
        }
        self.rank = rank
        pattern = NamePattern(name)
        let rest = line[arrow.upperBound...]
        let colon = rest.firstIndex(of: ":")
        let targetText = rest[..<(colon ?? rest.endIndex)].trimmed
        switch targetText {
        case "drop": target = .dropped(ifIdentity: false)
        case "drop if identity": target = .dropped(ifIdentity: true)
        default: target = .path(NamePattern(targetText))
        }
        guard !pattern.isEmpty, !targetText.isEmpty else { throw fault(.lacksName) }
        var steps: [Step] = []
        for text in Self.stepTexts(colon.map { rest[rest.index(after: $0)...] } ?? "") {
            guard let step = Self.step(text) else { throw fault(.unknownStep(text)) }
            steps.append(step)
        }
        self.steps = steps
    }

    /// Split at commas, but not at those of a list.
    private static func stepTexts(_ text: Substring) -> [String] {
        var texts: [String] = []
        var current = ""
        var isInList = false
        for character in text {
            if character == "[" { isInList = true }
            if character == "]" { isInList = false }
            if character == ",", !isInList {
                texts.append(current[...].trimmed)
                current = ""
            } else {
                current.append(character)
            }
        }
        texts.append(current[...].trimmed)
        return texts == [""] ? [] : texts
    }

    private static func step(_ text: String) -> Step? {
        let ifPresent = text.hasSuffix(" if present")
        let words = ifPresent ? text.dropLast(" if present".count).trimmed : text
        func after(_ start: String) -> String? { words.hasPrefix(start) ? words.dropFirst(start.count).trimmed : nil }
        let action: Action
        if words == "OIHW to HWIO" {
            action = .transposeFilter
        } else if let name = after("pixel shuffle to ") {
            action = .unshuffle(to: Channels(name))
        } else if let name = after("pixel unshuffle from ") {
            action = .unshuffleInputs(from: Channels(name))
        } else if let number = after("divided by ") {
            guard let divisor = Float(number), divisor.isFinite, divisor != 0 else { return nil }
            action = .divide(divisor)
        } else if let operands = after("plus ") {
            if let of = operands[...].firstRange(ofText: " of ") {
                guard let operand = operand(operands[of.upperBound...].trimmed) else { return nil }
                action = .addFiltered(filter: operands[..<of.lowerBound].trimmed, operand)
            } else {
                guard let operand = operand(operands) else { return nil }
                action = .add(operand)
            }
        } else {
            return nil
        }
        return Step(action: action, ifPresent: ifPresent)
    }

    private static func operand(_ text: String) -> Operand? {
        guard text.hasPrefix("[") else { return text.isEmpty ? nil : .tensor(text) }
        return values(text).map { .values($0) }
    }

    /// A list as `[1, 2, 3]`; nil for what is none.
    static func values(_ text: String) -> [Float]? {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
        var values: [Float] = []
        for item in text.dropFirst().dropLast().split(separator: ",") {
            guard let value = Float(item.trimmed) else { return nil }
            values.append(value)
        }
        return values
    }
}

extension ImportRule {
    /// What the words in braces stand for in a tensor's name, or nil where the rule is not for the tensor.
    ///
    /// - Parameter numbers: words that stand for one number alone.
    func words(in tensor: PackedTensor, _ numbers: [String: Double]) -> [String: String]? {
        guard rank ?? tensor.shape.count == tensor.shape.count else { return nil }
        return pattern.words(in: tensor.path, numbers)
    }

    /// The model's name for the tensor; nil where it is dropped.
    func path(_ words: [String: String]) -> String? {
        guard case .path(let pattern) = target else { return nil }
        return pattern.name(words)
    }

    /// Whether a tensor may be left out without changing the model.
    func checkDropping(_ tensor: PackedTensor) throws(FormatFault) {
        guard case .dropped(ifIdentity: true) = target else { return }
        let channelCount = tensor.shape.first ?? 0
        let isIdentity =
            tensor.shape == [channelCount, channelCount, 1, 1]
            && tensor.values.enumerated().allSatisfy { index, value in
                value == (index / channelCount == index % channelCount ? 1 : 0)
            }
        guard isIdentity else {
            throw FormatFault(.line(lineNumber), .isNotIdentity(tensor: tensor.path))
        }
    }

    func applied(
        to tensor: PackedTensor, path: String, among others: [String: PackedTensor]
    ) throws(FormatFault) -> PackedTensor {
        var shape = tensor.shape
        var values = tensor.values
        func fault(_ misfit: FormatFault.Misfit) -> FormatFault {
            FormatFault(.line(lineNumber), .cannotFollow(tensor: tensor.path, shape: tensor.shape, misfit))
        }
        func find(_ name: String) throws(FormatFault) -> PackedTensor {
            guard let found = others[name] else { throw fault(.lacksTensor(name)) }
            return found
        }
        func resolve(_ operand: Operand) throws(FormatFault) -> [Float] {
            switch operand {
            case .tensor(let name): try find(name).values
            case .values(let values): values
            }
        }
        func count(_ channels: Channels) throws(FormatFault) -> Int {
            switch channels {
            case .countOf(let name): try find(name).values.count
            case .number(let number): number
            }
        }
        for step in steps {
            if step.ifPresent, !step.action.names.allSatisfy({ others[$0] != nil }) { continue }
            switch step.action {
            case .transposeFilter:
                guard shape.count == 4 else { throw fault(.isNoFilter) }
                let (o, i, h, w) = (shape[0], shape[1], shape[2], shape[3])
                shape = [h, w, i, o]
                values = StridedView(shape: shape, strides: [w, 1, h * w, i * h * w], offset: 0).values(in: values) ?? []
            case .unshuffle(let channels):
                let channelCount = try count(channels)
                guard let last = shape.last, let order = Self.unshuffledOrder(last, channelCount: channelCount) else {
                    throw fault(.cannotUnshuffle(channelCount: channelCount))
                }
                let old = values
                for start in stride(from: 0, to: values.count, by: last) {
                    for k in 0..<last { values[start + k] = old[start + order[k]] }
                }
            case .unshuffleInputs(let channels):
                let channelCount = try count(channels)
                guard shape.count == 4, let order = Self.unshuffledOrder(shape[2], channelCount: channelCount) else {
                    throw fault(.cannotUnshuffle(channelCount: channelCount))
                }
                let old = values
                let width = shape[3]
                for row in 0..<values.count / max(width, 1) {
                    let source = row / order.count * order.count + order[row % order.count]
                    for k in 0..<width { values[row * width + k] = old[source * width + k] }
                }
            case .add(let operand):
                let addends = try resolve(operand)
                guard addends.count == values.count else { throw fault(.addends(count: addends.count)) }
                for i in values.indices { values[i] += addends[i] }
            case .addFiltered(let name, let operand):
                let filter = try find(name)
                let colour = try resolve(operand)
                guard filter.shape.count == 4, filter.shape[0] == values.count, filter.shape[1] == colour.count else {
                    throw fault(.otherFilter(name, channelCount: colour.count))
                }
                let area = filter.shape[2] * filter.shape[3]
                for o in values.indices {
                    var sum = 0.0
                    for (i, component) in colour.enumerated() {
                        let start = (o * colour.count + i) * area
                        for k in start..<start + area { sum += Double(filter.values[k]) * Double(component) }
                    }
                    values[o] = Float(Double(values[o]) + sum)
                }
            case .divide(let divisor):
                for i in values.indices { values[i] /= divisor }
            }
        }
        return PackedTensor(path: path, shape: shape, values: values)
    }

    /// For each channel in TensorFlow's order of a pixel shuffle, (i·r + j)·C + c, its place in PyTorch's,
    /// c·r² + i·r + j; nil where the count is not r²·C.
    private static func unshuffledOrder(_ count: Int, channelCount: Int) -> [Int]? {
        guard channelCount > 0, count.isMultiple(of: channelCount),
            let block = (1...64).first(where: { $0 * $0 * channelCount == count })
        else { return nil }
        let area = block * block
        return (0..<count).map { $0 % channelCount * area + $0 / channelCount }
    }
}

extension ImportRule.Action {
    /// The tensors that the step needs beside its own.
    fileprivate var names: [String] {
        switch self {
        case .transposeFilter, .divide, .unshuffle(to: .number), .unshuffleInputs(from: .number): []
        case .unshuffle(to: .countOf(let name)), .unshuffleInputs(from: .countOf(let name)): [name]
        case .add(let operand): operand.names
        case .addFiltered(let filter, let operand): [filter] + operand.names
        }
    }
}

extension ImportRule.Channels {
    /// Of `3 channels`, or of a tensor's name.
    fileprivate init(_ text: String) {
        let number = text.hasSuffix(" channels") ? Int(text.dropLast(" channels".count)) : nil
        self = number.map { .number($0) } ?? .countOf(text)
    }
}

extension ImportRule.Operand {
    fileprivate var names: [String] {
        if case .tensor(let name) = self { [name] } else { [] }
    }
}

extension Substring {
    var trimmed: String {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    func firstRange(ofText sought: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(sought) { return start..<index(start, offsetBy: sought.count) }
            start = index(after: start)
        }
        return nil
    }
}
