import GraphPack

/// Reads the pickles in which PyTorch keeps state dicts, without executing anything.
///
/// A pickle is a program for a stack machine (Python's `pickletools` documents the opcodes). This one knows
/// the opcodes that build dictionaries, tuples, lists, numbers and strings. Of Python's functions it knows
/// some by name, and what they would make it describes itself. What any other would make is a value of which it knows no
/// more than the name, and which can stand beside tensors, but never for one.
struct Pickle {
    /// What stands on the stack. Containers are numbered, so that no nesting is too deep to let go of.
    indirect enum Value {
        case none
        case boolean(Bool)
        case integer(Int)
        case number(Double)
        case text(String)
        case tuple(Int)
        case list(Int)
        case dictionary(Int)
        /// A class or a function, as `collections.OrderedDict`.
        case global(String)
        case storage(Storage)
        case tensor(Tensor)
        /// What a function or class of this name would make, and what else is no tensor, as a set.
        case unknown(String)
    }

    /// Numbers in an entry of their own in the archive.
    struct Storage: Equatable {
        /// As `FloatStorage`.
        var type: String
        var key: String
        var elementCount: Int
    }

    struct Tensor {
        var storage: Storage
        var view: StridedView
    }

    private(set) var tuples: [[Value]] = []
    private(set) var lists: [[Value]] = []
    private(set) var dictionaries: [[(key: Value, value: Value)]] = []
    private(set) var result = Value.none

    /// Behind the pickle's end.
    private(set) var cursor: ByteCursor
    /// All that a tensor could lie in, by their keys.
    private(set) var storages: [String: Storage] = [:]
    private var stack: [Value] = []
    /// Where the stack stood at each open mark.
    private var marks: [Int] = []
    private var memo: [Int: Value] = [:]

    init(_ bytes: [UInt8], opcodeLimit: Int = .max) throws(FormatFault) {
        try self.init(at: ByteCursor(bytes), opcodeLimit: opcodeLimit)
    }

    /// Reads the pickle at a cursor, behind which others may follow.
    ///
    /// - Parameter opcodeLimit: one opcode of one byte makes at most one value, which takes some dozens.
    init(at start: ByteCursor, opcodeLimit: Int = .max) throws(FormatFault) {
        cursor = start
        var opcodeCount = 0
        while let opcode = cursor.take(UInt8.self) {
            opcodeCount += 1
            guard opcodeCount <= opcodeLimit else { throw fault(.tooLong(opcodeLimit: opcodeLimit)) }
            if opcode == UInt8(ascii: ".") {
                result = try pop()
                return
            }
            try execute(opcode)
        }
        throw fault(.hasNoEnd)
    }

    func fault(_ problem: FormatFault.Problem) -> FormatFault { FormatFault(.pickleByte(cursor.offset), problem) }

    func fault(_ problem: FormatFault.Pickle) -> FormatFault { fault(.pickle(problem)) }
}

extension Pickle {
    private mutating func execute(_ opcode: UInt8) throws(FormatFault) {
        switch opcode {
        case 0x80: try skip(1)  // PROTO
        case 0x95: try skip(8)  // FRAME
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.boolean(true))
        case 0x89: stack.append(.boolean(false))
        case UInt8(ascii: "J"): stack.append(.integer(Int(try take(Int32.self))))
        case UInt8(ascii: "K"): stack.append(.integer(Int(try take(UInt8.self))))
        case UInt8(ascii: "M"): stack.append(.integer(Int(try take(UInt16.self))))
        case 0x8A: stack.append(try takeLongInteger(byteCount: Int(try take(UInt8.self))))
        case 0x8B: stack.append(try takeLongInteger(byteCount: Int(try take(UInt32.self))))
        case UInt8(ascii: "G"): stack.append(.number(Double(bitPattern: try take(UInt64.self).byteSwapped)))
        case UInt8(ascii: "X"): stack.append(.text(try takeText(Int(try take(UInt32.self)))))
        case 0x8C: stack.append(.text(try takeText(Int(try take(UInt8.self)))))
        case 0x8D: stack.append(.text(try takeText(takeByteCount())))
        // Strings of Python 2, whose names are ASCII.
        case UInt8(ascii: "U"): stack.append(.text(try takeText(Int(try take(UInt8.self)))))
        case UInt8(ascii: "T"): stack.append(.text(try takeText(Int(try take(UInt32.self)))))
        case UInt8(ascii: "C"): try passBytes(Int(try take(UInt8.self)))
        case UInt8(ascii: "B"): try passBytes(Int(try take(UInt32.self)))
        case 0x8E, 0x96: try passBytes(takeByteCount())
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case 0x8F: stack.append(.unknown("a set"))  // EMPTY_SET
        case 0x90: _ = try popToMark()  // ADDITEMS
        case 0x91:  // FROZENSET
            _ = try popToMark()
            stack.append(.unknown("a set"))
        case 0x81: try make(argumentCount: 1)  // NEWOBJ
        case 0x92: try make(argumentCount: 2)  // NEWOBJ_EX
        case UInt8(ascii: "q"): memo[Int(try take(UInt8.self))] = try top()
        case UInt8(ascii: "r"): memo[Int(try take(UInt32.self))] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): stack.append(try remembered(Int(try take(UInt8.self))))
        case UInt8(ascii: "j"): stack.append(try remembered(Int(try take(UInt32.self))))
        case UInt8(ascii: ")"): pushTuple([])
        case UInt8(ascii: "t"): pushTuple(try popToMark())
        case 0x85, 0x86, 0x87: pushTuple(try pop(Int(opcode) - 0x84))
        case UInt8(ascii: "]"): pushList([])
        case UInt8(ascii: "l"): pushList(try popToMark())
        case UInt8(ascii: "a"): try appendItems(try pop(1))
        case UInt8(ascii: "e"): try appendItems(try popToMark())
        case UInt8(ascii: "}"): pushDictionary()
        case UInt8(ascii: "s"): try setItems(try pop(2))
        case UInt8(ascii: "u"): try setItems(try popToMark())
        case UInt8(ascii: "c"): stack.append(.global("\(try takeLine()).\(try takeLine())"))
        case 0x93:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw fault(.nameIsNone)
            }
            stack.append(.global("\(module).\(name)"))
        case UInt8(ascii: "Q"): stack.append(try persistent(try pop()))
        case UInt8(ascii: "R"): try call()
        case UInt8(ascii: "b"): _ = try pop()  // Attributes, as a state dict's _metadata.
        default: throw fault(.unknownOpcode(opcode))
        }
    }

    /// What the known functions make.
    private mutating func call() throws(FormatFault) {
        guard case .tuple(let index) = try pop(), case .global(let function) = try pop() else {
            throw fault(.calleeIsNoFunction)
        }
        try call(function, tuples[index])
    }

    private mutating func call(_ function: String, _ arguments: [Value]) throws(FormatFault) {
        switch function {
        case "collections.OrderedDict" where arguments.isEmpty: pushDictionary()
        case "torch._utils._rebuild_tensor_v2" where arguments.count >= 4,
            "torch._utils._rebuild_tensor" where arguments.count >= 4:
            guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
                let shape = try sizes(arguments[2]), let strides = try sizes(arguments[3])
            else { throw fault(.tensorIsNone) }
            stack.append(.tensor(Tensor(storage: storage, view: StridedView(shape: shape, strides: strides, offset: offset))))
        case "torch._utils._rebuild_parameter" where !arguments.isEmpty,
            "torch._utils._rebuild_parameter_with_state" where !arguments.isEmpty,
            "torch.nn.parameter.Parameter" where !arguments.isEmpty:
            stack.append(arguments[0])
        default: stack.append(.unknown(function))
        }
    }

    /// An object of a class, of which no more than the name is known.
    private mutating func make(argumentCount: Int) throws(FormatFault) {
        _ = try pop(argumentCount)
        guard case .global(let name) = try pop() else { throw fault(.calleeIsNoFunction) }
        if name == "collections.OrderedDict" { pushDictionary() } else { stack.append(.unknown(name)) }
    }

    /// A tuple ('storage', type, key, device, element count), or ('module', class, file, source) of old files.
    private mutating func persistent(_ identifier: Value) throws(FormatFault) -> Value {
        guard case .tuple(let index) = identifier, let kind = tuples[index].first, case .text(let kind) = kind else {
            throw fault(.storageIsNone)
        }
        let items = tuples[index]
        if kind == "module", items.count >= 2, case .global = items[1] { return items[1] }
        guard kind == "storage", items.count >= 5, case .global(let type) = items[1], type.hasPrefix("torch."),
            case .text(let key) = items[2], case .integer(let elementCount) = items[4], elementCount >= 0
        else { throw fault(.storageIsNone) }
        let storage = Storage(type: String(type.dropFirst("torch.".count)), key: key, elementCount: elementCount)
        storages[key] = storage
        return .storage(storage)
    }

    /// A shape, or strides.
    private func sizes(_ value: Value) throws(FormatFault) -> [Int]? {
        guard case .tuple(let index) = value else { return nil }
        guard tuples[index].count <= SectionTable.Limit.rank else { throw fault(.rank(tuples[index].count)) }
        var integers: [Int] = []
        for item in tuples[index] {
            guard case .integer(let integer) = item, integer >= 0 else { return nil }
            integers.append(integer)
        }
        return integers
    }
}

extension Pickle {
    private mutating func pushTuple(_ items: [Value]) {
        stack.append(.tuple(tuples.count))
        tuples.append(items)
    }

    private mutating func pushList(_ items: [Value]) {
        stack.append(.list(lists.count))
        lists.append(items)
    }

    private mutating func pushDictionary() {
        stack.append(.dictionary(dictionaries.count))
        dictionaries.append([])
    }

    private mutating func appendItems(_ items: [Value]) throws(FormatFault) {
        switch try top() {
        case .list(let index): lists[index] += items
        case .unknown: break
        default: throw fault(.itemsForNoList)
        }
    }

    private mutating func setItems(_ items: [Value]) throws(FormatFault) {
        if case .unknown = try top() { return }
        guard case .dictionary(let index) = try top(), items.count.isMultiple(of: 2) else {
            throw fault(.itemsForNoDictionary)
        }
        for i in stride(from: 0, to: items.count, by: 2) {
            dictionaries[index].append((key: items[i], value: items[i + 1]))
        }
    }

    private func top() throws(FormatFault) -> Value {
        guard let value = stack.last, marks.last.map({ stack.count > $0 }) ?? true else {
            throw fault(.emptyStack)
        }
        return value
    }

    private mutating func pop() throws(FormatFault) -> Value {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int) throws(FormatFault) -> [Value] {
        guard stack.count - (marks.last ?? 0) >= count else { throw fault(.emptyStack) }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(FormatFault) -> [Value] {
        guard let mark = marks.popLast() else { throw fault(.noMark) }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private func remembered(_ key: Int) throws(FormatFault) -> Value {
        guard let value = memo[key] else { throw fault(.notRemembered(key: key)) }
        return value
    }

    private mutating func take<Number: FixedWidthInteger>(_ type: Number.Type) throws(FormatFault) -> Number {
        guard let number = cursor.take(type) else { throw fault(.hasNoEnd) }
        return number
    }

    private mutating func skip(_ count: Int) throws(FormatFault) {
        guard cursor.skip(count) else { throw fault(.hasNoEnd) }
    }

    private mutating func takeText(_ byteCount: Int) throws(FormatFault) -> String {
        guard let text = cursor.takeText(byteCount: byteCount) else { throw fault(.stringIsNotUTF8) }
        return text
    }

    private mutating func takeLine() throws(FormatFault) -> String {
        var line: [UInt8] = []
        while true {
            let byte = try take(UInt8.self)
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        guard let text = String(validating: line, as: UTF8.self) else { throw fault(.nameIsNotUTF8) }
        return text
    }

    private mutating func takeByteCount() throws(FormatFault) -> Int {
        guard let count = Int(exactly: try take(UInt64.self)) else { throw fault(.hasNoEnd) }
        return count
    }

    /// Bytes that are no text, of which nothing is kept.
    private mutating func passBytes(_ count: Int) throws(FormatFault) {
        try skip(count)
        stack.append(.unknown("bytes"))
    }

    /// A whole number in two's complement; no size is one of more than 64 bits.
    private mutating func takeLongInteger(byteCount: Int) throws(FormatFault) -> Value {
        guard let bytes = cursor.takeBytes(count: byteCount) else { throw fault(.hasNoEnd) }
        guard byteCount <= 8 else { return .unknown("a whole number beyond 64 bits") }
        let bits = bytes.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
        let unused = UInt64(64 - 8 * byteCount)
        return .integer(byteCount == 0 ? 0 : Int(Int64(bitPattern: bits << unused) >> Int64(unused)))
    }
}
