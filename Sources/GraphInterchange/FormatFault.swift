import GraphPack

/// A rule of a foreign format that is broken, and where, before it is known of which file.
public struct FormatFault: Error, Hashable, Sendable {
    /// Where in the file.
    public var part: Part
    /// The rule that does not hold there.
    public var problem: Problem

    init(_ part: Part, _ problem: Problem) {
        self.part = part
        self.problem = problem
    }

    /// Whether another program may read the file: it is not damaged, and only more than is read here.
    var isOfSoundFile: Bool {
        switch problem {
        case .otherType, .isNoDictionary, .holdsNoTensors, .tooManyTensors, .repeatsTooMuch, .pickle(.tooLong),
            .pickle(.isObject), .pickle(.unknownOpcode), .network(.isSparse), .network(.isNoTensor),
            .network(.elementIsUnknown):
            true
        default: false
        }
    }

    /// A part of a file, as messages call it.
    public enum Part: Hashable, Sendable {
        case header
        case data
        case names
        case archive
        /// Of an archive.
        case entry(String)
        /// Of NumPy's archives.
        case array(String)
        case tensor(String)
        case pickle
        case pickleByte(Int)
        /// Of a file of rules or layers, counted from 1.
        case line(Int)
        /// Of a file, counted from 0.
        case byte(Int)
        /// The nodes of a network as a whole.
        case network
        case node(String)
    }

    /// What is wrong with a part. Byte counts and numbers are those that were found.
    public enum Problem: Hashable, Sendable {
        case json(JSON, byte: Int)

        case tooManyTensors(count: Int)
        /// A name is empty, too long or not printable.
        case unusableName
        /// One of the names is empty, too long or not printable.
        case holdsUnusableName
        case headerWouldBeTooLarge
        case nameStandsTwice
        case rank(Int)
        case place(Range<Int>, start: Int, dataByteCount: Int)
        case byteCount(Int, shape: [Int])
        case dataEnds(at: Int, dataByteCount: Int)
        /// - Parameter name: nil where it cannot be shown.
        case otherType(name: String?)

        case directoryDoesNotFit
        case entryDoesNotFit
        case promisesTooMuch
        case lacksEntry(String)
        case lacksEnd
        case unreadableEntry(number: Int)
        case lacksSize
        case entryCount(promised: Int, found: Int)
        case doesNotInflate
        case isNeitherStoredNorDeflated
        case checksumDiffers

        case isNotNumPyArray
        case headerIsNotOne

        case hasNoEnd
        case isNoDictionary
        case holdsNoTensors
        case aNameStandsTwice
        case storageHoldsOther(elementCount: Int)
        /// Views of storages hold far more numbers than the file.
        case repeatsTooMuch
        case leavesStorage(shape: [Int])
        case pickle(Pickle)

        case lacksArrow
        case lacksName
        case unknownStep(String)
        case noRule(tensor: String)
        /// A line gives a number that the tensors do not have.
        case noNumber(String)
        /// A line is neither a rule nor one that says what the rules are for.
        case unknownLine(String)
        /// None of the layouts that the rules know has these tensors.
        case noLayout(wanted: String)
        case isNotIdentity(tensor: String)
        case secondTensor(path: String, tensor: String)
        case cannotFollow(tensor: String, shape: [Int], Misfit)

        case network(Network)
    }

    /// What stands in a JSON text instead of what must.
    public enum JSON: Hashable, Sendable {
        case noWholeNumber
        case endlessString
        case stringIsNotUTF8
        case unknownEscape
        case halfSurrogatePair
        case secondValue
        case no(Unicode.Scalar)
        case secondMetadata
        case repeatedMetadataKey
        case unexpectedMember
        case incompleteEntry
        case offsetsAreNoRange
    }

    /// What a pickle asks for and cannot have.
    public enum Pickle: Hashable, Sendable {
        case unknownOpcode(UInt8)
        /// More opcodes than a file of this size needs for its tensors.
        case tooLong(opcodeLimit: Int)
        /// The pickle as a whole is an object of this class, or what this function would make.
        case isObject(String)
        case nameIsNone
        case calleeIsNoFunction
        case tensorIsNone
        case storageIsNone
        case itemsForNoList
        case itemsForNoDictionary
        case emptyStack
        case noMark
        case notRemembered(key: Int)
        case stringIsNotUTF8
        case nameIsNotUTF8
    }

    /// Why a rule cannot be followed with a tensor.
    public enum Misfit: Hashable, Sendable {
        case lacksTensor(String)
        case isNoFilter
        case cannotUnshuffle(channelCount: Int)
        case addends(count: Int)
        case otherFilter(String, channelCount: Int)
    }
}

extension FormatFault: CustomStringConvertible {
    public var description: String { "\(part): \(problem)" }
}

extension FormatFault.Part: CustomStringConvertible {
    public var description: String {
        switch self {
        case .header: "header"
        case .data: "data"
        case .names: "names"
        case .archive: "archive"
        case .entry(let name): "entry '\(name)'"
        case .array(let name): "array '\(name)'"
        case .tensor(let name): name.isPrintable ? "tensor '\(name)'" : "a tensor"
        case .pickle: "pickle"
        case .pickleByte(let offset): "pickle, byte \(offset)"
        case .line(let number): "line \(number)"
        case .byte(let offset): "byte \(offset)"
        case .network: "network"
        case .node(let name): name.isPrintable ? "node '\(name)'" : "a node"
        }
    }
}

extension FormatFault.Problem: CustomStringConvertible {
    public var description: String {
        typealias Limit = SectionTable.Limit
        return switch self {
        case .json(let found, let byte): "at byte \(byte) stands \(found)"
        case .tooManyTensors(let count): "\(count) tensors exceed the limit of \(Limit.sectionCount)"
        case .unusableName: "a name is empty, too long or not printable"
        case .holdsUnusableName: "one is empty, too long or not printable"
        case .headerWouldBeTooLarge: "it would exceed \(SafeTensors.Limit.headerByteCount) bytes"
        case .nameStandsTwice: "its name stands there twice"
        case .rank(let rank): "its rank is \(rank), and the limit is \(Limit.rank)"
        case .place(let range, let start, let end): "its bytes \(range) should start at \(start) and end by \(end)"
        case .byteCount(let byteCount, let shape): "its \(byteCount) bytes are not those of its shape \(shown(shape))"
        case .dataEnds(let end, let byteCount): "the tensors end at byte \(end), and the data at \(byteCount)"
        case .otherType(let name):
            "its type is \(name.map { "'\($0)'" } ?? "unknown"), and only floats of 64, 32 and 16 bits can be weights"
        case .directoryDoesNotFit: "its directory does not fit into the file"
        case .entryDoesNotFit: "it does not fit into the file"
        case .promisesTooMuch: "its entries promise far more bytes than the file holds"
        case .lacksEntry(let name): "it has no entry '\(name)'"
        case .lacksEnd: "its end is missing; the file is cut short"
        case .unreadableEntry(let number): "entry \(number) of its directory is not one"
        case .lacksSize: "its size is missing"
        case .entryCount(let promised, let found): "it promises \(promised) entries and has \(found)"
        case .doesNotInflate: "it does not inflate to its length"
        case .isNeitherStoredNorDeflated: "it is neither stored nor deflated"
        case .checksumDiffers: "its checksum does not match"
        case .isNotNumPyArray: "it is not a .npy file"
        case .headerIsNotOne: "its header is not one"
        case .hasNoEnd: "it has no end"
        case .isNoDictionary: "it is no dictionary of tensors; save model.state_dict()"
        case .holdsNoTensors: "it holds no tensors; save model.state_dict()"
        case .aNameStandsTwice: "a name stands there twice"
        case .storageHoldsOther(let elementCount): "its storage does not hold \(elementCount) numbers"
        case .repeatsTooMuch: "its tensors repeat the file's numbers far too often; save them one by one, cloned"
        case .leavesStorage(let shape): "its shape \(shown(shape)) does not fit into its storage"
        case .pickle(let problem): "\(problem)"
        case .lacksArrow: "it has no '->' between two names"
        case .lacksName: "a name is missing beside '->'"
        case .unknownStep(let step): "'\(step)' is no step that rules know"
        case .noRule(let tensor): "no rule names it; add one, or '\(tensor) -> drop'"
        case .noNumber(let name): "the tensors have no number for '\(name)'"
        case .unknownLine(let text): "'\(text)' is no line that rules know"
        case .noLayout(let wanted): "no layout of the rules fits; they look for '\(wanted)'"
        case .isNotIdentity(let tensor): "'\(tensor)' is not the identity, and the model has no layer for it"
        case .secondTensor(let path, let tensor): "a second tensor becomes @\(path): '\(tensor)'"
        case .cannotFollow(let tensor, let shape, let misfit): "'\(tensor)', \(shown(shape)): \(misfit)"
        case .network(let problem): "\(problem)"
        }
    }
}

extension FormatFault.JSON: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noWholeNumber: "no whole number below 2^63"
        case .endlessString: "a string without end"
        case .stringIsNotUTF8: "a string that is not UTF-8"
        case .unknownEscape: "an unknown escape"
        case .halfSurrogatePair: "half a surrogate pair"
        case .secondValue: "more than one value"
        case .no(let token): "no '\(token)'"
        case .secondMetadata: "a second '__metadata__'"
        case .repeatedMetadataKey: "a metadata key that stands there twice"
        case .unexpectedMember: "a member that is unknown or stands there twice"
        case .incompleteEntry: "an entry without dtype, shape or data_offsets"
        case .offsetsAreNoRange: "data_offsets that are no range"
        }
    }
}

extension FormatFault.Pickle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownOpcode(let opcode):
            "an opcode \(opcode), which state dicts do not use; save model.state_dict() alone"
        case .tooLong(let limit): "more than the \(limit) opcodes that a file of this size needs; save model.state_dict() alone"
        case .isObject(let name) where name.hasPrefix("__torch__"):
            "it is a program of TorchScript, which is not run; load it with torch.jit.load and export it with torch.onnx.export"
        case .isObject(let name):
            "it is an object of '\(name.isPrintable ? name : "?")', which is not made; load it where that is known and save "
                + "model.state_dict()"
        case .nameIsNone: "a name that is none"
        case .calleeIsNoFunction: "a call of what is no function"
        case .tensorIsNone: "a tensor that is none"
        case .storageIsNone: "a storage that is none"
        case .itemsForNoList: "items for what is no list"
        case .itemsForNoDictionary: "items for what is no dictionary"
        case .emptyStack: "an empty stack"
        case .noMark: "no mark"
        case .notRemembered(let key): "nothing remembered as \(key)"
        case .stringIsNotUTF8: "a string that is not UTF-8"
        case .nameIsNotUTF8: "a name that is not UTF-8"
        }
    }
}

extension FormatFault.Misfit: CustomStringConvertible {
    public var description: String {
        switch self {
        case .lacksTensor(let name): "the file has no '\(name)'"
        case .isNoFilter: "it is no filter"
        case .cannotUnshuffle(let channelCount): "its last dimension is not a square times \(channelCount) channels"
        case .addends(let count): "what is added has \(count) values"
        case .otherFilter(let name, let channelCount): "'\(name)' does not make it of \(channelCount) channels"
        }
    }
}

/// A shape as messages show it: of one with more dimensions than any tensor has, the first ones.
private func shown(_ shape: [Int]) -> String {
    let most = 16
    guard shape.count > most else { return "\(shape)" }
    return "[\(shape[..<most].map(String.init).joined(separator: ", ")), … of \(shape.count) dimensions]"
}
