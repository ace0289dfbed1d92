/// A rule of the format that is broken, and in which part, before it is known of which file.
public struct PackFault: Error, Hashable, Sendable {
    /// Where in the file.
    public var part: Part
    /// The rule that does not hold there.
    public var problem: Problem

    init(_ part: Part, _ problem: Problem) {
        self.part = part
        self.problem = problem
    }

    /// A part of a pack, as messages call it.
    public enum Part: Hashable, Sendable {
        case header
        case table
        /// By its name, as `weights/head.filter`.
        case section(String)
        /// Counted from 0.
        case chunk(Int, of: Int, section: String)
        /// By its path, before there are sections.
        case tensor(String)
        /// A name that is too long to be shown.
        case name(byteCount: Int)
    }

    /// What is wrong with a part. Byte counts and numbers are those that were found.
    public enum Problem: Hashable, Sendable {
        case isCutShort
        case signatureIsNotWhole
        case checksumDiffers
        case paddingIsNotZero
        case fileLength(promised: UInt64, found: Int)
        case tableDoesNotFit(byteCount: Int)
        case unknownStorage(number: UInt8)

        case unreadableEntry(number: Int)
        case tooManySections
        case tooLongTable(byteCount: Int)
        case lacksSection(String)
        case sectionsEnd(at: Int, fileByteCount: Int)

        case unprintableName
        case tooLongName
        case nameStandsTwice
        case isOutOfOrder
        case unknownName
        case hasNoPath
        case isTensor
        case isText
        case storedAs(StoredElement, expected: StoredElement)
        case rank(Int)
        case tooManyElements(shape: [Int])
        case offset(Int, expected: Int)
        case leavesFile
        case fileWouldBeTooLarge
        case decodesToTooMuch(byteCount: Int, fileByteCount: Int)

        case chunkLength(Int, elementCount: Int)
        case doesNotDecompress
        case isNotUTF8
        case isNotDictionary

        case notFinite(index: Int, value: Float, StorageFormat)
        case overflow(index: Int, value: Float, StorageFormat)
    }
}

extension PackFault: CustomStringConvertible {
    public var description: String { "\(part): \(problem)" }
}

extension PackFault.Part: CustomStringConvertible {
    public var description: String {
        switch self {
        case .header: "header"
        case .table: "table"
        case .section(let name): "section '\(name)'"
        case .chunk(_, of: 1, let section): "section '\(section)'"
        case .chunk(let index, let count, let section): "section '\(section)', chunk \(index + 1) of \(count)"
        case .tensor(let path): "@\(path)"
        case .name(let byteCount): "a name of \(byteCount) bytes"
        }
    }
}

extension PackFault.Problem: CustomStringConvertible {
    public var description: String {
        typealias Limit = SectionTable.Limit
        return switch self {
        case .isCutShort: "the file is cut short"
        case .signatureIsNotWhole: "the signature is not whole, as after a transfer as text"
        case .checksumDiffers: "its checksum does not match"
        case .paddingIsNotZero: "its padding is not zero"
        case .fileLength(let promised, let found): "it promises \(promised) bytes, and the file has \(found)"
        case .tableDoesNotFit(let byteCount): "a table of \(byteCount) bytes does not fit"
        case .unknownStorage(let number): "there is no storage format \(number)"
        case .unreadableEntry(let number): "entry \(number) is not one"
        case .tooManySections: "it has more than \(Limit.sectionCount) sections, the limit"
        case .tooLongTable(let byteCount): "it has \(byteCount) bytes, and the limit is \(Limit.tableByteCount)"
        case .lacksSection(let name): "it has no section '\(name)'"
        case .sectionsEnd(let end, let fileByteCount): "its sections end at byte \(end), and the file at \(fileByteCount)"
        case .unprintableName: "a name is empty or not printable"
        case .tooLongName: "the limit is \(Limit.nameByteCount)"
        case .nameStandsTwice: "its name stands there twice"
        case .isOutOfOrder: "it is out of order"
        case .unknownName: "there is no section of this name in a pack"
        case .hasNoPath: "it has no path"
        case .isTensor: "it is a tensor and should be text"
        case .isText: "it is text and should be a tensor"
        case .storedAs(let type, let expected): "it is stored as \(type), and in this pack it should be as \(expected)"
        case .rank(let rank): "its rank is \(rank), and the limit is \(Limit.rank)"
        case .tooManyElements(let shape): "its shape \(shape) is beyond \(Limit.elementCount) elements"
        case .offset(let offset, let expected): "it is at byte \(offset) and should be at \(expected)"
        case .leavesFile: "its bytes do not fit into the file"
        case .fileWouldBeTooLarge: "the file would exceed \(Limit.fileByteCount) bytes"
        case .decodesToTooMuch(let byteCount, let fileByteCount):
            "up to it \(byteCount) decoded bytes are too many for \(fileByteCount) stored"
        case .chunkLength(let byteCount, let elementCount):
            "its length of \(byteCount) bytes is not one of \(elementCount) elements"
        case .doesNotDecompress: "it does not decompress to its length"
        case .isNotUTF8: "it is not UTF-8"
        case .isNotDictionary: "it is not a dictionary in the order of its keys"
        case .notFinite(let index, let value, let format):
            "value \(index) is \(value), which \(format) cannot hold; store it as fp32"
        case .overflow(let index, let value, let format):
            "value \(index) is \(value), too large for \(format); store it as fp32"
        }
    }
}
