import GraphBasics
import GraphFiles
import SystemPackage

/// What checking every part of a pack found: each checksum, each digest, each value finite.
///
/// Reading stops at the first problem; this goes on and lists them all.
public struct PackVerification: Hashable, Sendable {
    /// What is wrong with the file, at most one thing with each part. Empty for a whole pack.
    public let damage: [Damage]
    /// Tensors that hold a value that is no finite number: the file keeps what it was given, but these weights
    /// are of no use.
    public let nonFiniteTensors: [String]
    /// Nil where the table cannot be read.
    public let sectionCount: Int?

    /// What is wrong with a pack, or with one of its sections.
    public enum Damage: Hashable, Sendable {
        /// It cannot be read.
        case unreadable(PackError)
        /// Its checksums hold, but its digest does not match.
        case otherDigest(PackFault.Part)
    }

    /// Whether nothing is damaged and every value is finite.
    public var isSound: Bool { damage.isEmpty && nonFiniteTensors.isEmpty }
}

extension PackVerification {
    /// Reads the whole file, chunk by chunk. What is wrong with it is a result, no error.
    public init(contentsOf path: FilePath) {
        do throws(FileError) { self.init(reading: try InputFile(path)) } catch { self.init(failure: .file(error)) }
    }

    /// Checks a pack that is in memory.
    public init(bytes: [UInt8], name: FilePath) { self.init(reading: InputFile(bytes, name: name)) }

    init(reading file: InputFile) {
        do throws(PackError) {
            let table = try SectionTable(reading: file)
            let reader = SectionReader(file: file)
            let findings = try parallelMap(
                table.sections.count,
                threadCount: threadCount(forByteCount: table.sections.reduce(0) { $0 + $1.decodedByteCount }),
                tool: { () throws(PackError) in ChunkDecoder() }
            ) { (decoder, index) throws(PackError) in reader.findings(in: table.sections[index], decoder) }
            self.init(
                damage: findings.compactMap(\.damage), nonFiniteTensors: findings.compactMap(\.nonFiniteTensor),
                sectionCount: table.sections.count)
        } catch { self.init(failure: error) }
    }

    private init(failure: PackError) {
        self.init(damage: [.unreadable(failure)], nonFiniteTensors: [], sectionCount: nil)
    }
}

extension PackVerification: CustomStringConvertible {
    /// One line for each problem, or one that says that there is none.
    public var description: String {
        guard !isSound else { return "sound: \(sectionCount ?? 0) sections, every checksum, digest and value" }
        return (damage.map(\.description) + nonFiniteTensors).joined(separator: "\n")
    }
}

extension PackVerification.Damage: CustomStringConvertible {
    /// The part and what is wrong with it, without the path.
    public var description: String {
        switch self {
        case .unreadable(let error): error.problem
        case .otherDigest(let part): "\(part): its checksums hold, but its digest does not match"
        }
    }
}

/// What is wrong with one section.
private struct Findings: Sendable {
    var damage: PackVerification.Damage?
    var nonFiniteTensor: String?
}

extension SectionReader {
    fileprivate func findings(in section: Section, _ decoder: ChunkDecoder) -> Findings {
        do throws(PackError) {
            if section.type == .bytes {
                return Findings(damage: try check(try bytes(of: section, decoder), of: section))
            }
            let values = try values(of: section, decoder)
            guard SHA256.hash(of: values) == section.digest else { return Findings(damage: .otherDigest(section.part)) }
            let place = values.firstIndex { !$0.isFinite }
            return Findings(nonFiniteTensor: place.map { "\(section.part): value \($0) is \(values[$0])" })
        } catch {
            return Findings(damage: .unreadable(error))
        }
    }

    private func check(_ bytes: [UInt8], of section: Section) throws(PackError) -> PackVerification.Damage? {
        guard SHA256.hash(of: bytes) == section.digest else { return .otherDigest(section.part) }
        do throws(PackFault) {
            if section.isDictionary { _ = try section.dictionary(bytes) } else { _ = try section.text(bytes) }
            return nil
        } catch { throw .damaged(path: file.path, error) }
    }
}
