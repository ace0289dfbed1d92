import SystemPackage
@testable import GraphPack

/// Reads, verifies and writes again whatever the fuzzer makes. Nothing may trap, hang or take much memory.
func takePack(_ bytes: [UInt8]) {
    // What is refused early is verified now and then only, what is read is written every few times: inputs count.
    let checksum = CRC32C.checksum(of: bytes)
    guard let pack = try? Pack(bytes: bytes, name: "fuzz") else {
        let isSound = checksum % 16 == 0 && PackVerification(bytes: bytes, name: "fuzz").damage.isEmpty
        precondition(!isSound, "verification passes what reading refuses")
        return
    }
    guard checksum % 16 == 0 else { return }
    _ = PackVerification(bytes: bytes, name: "fuzz")
    // What can be read can be written, and read again as it was.
    guard let encoded = try? EncodedPack(pack, path: "fuzz") else { return }
    let again = encoded.table.encoded() + encoded.chunks.flatMap(\.bytes)
    let reread = try? Pack(bytes: again, name: "fuzz")
    precondition(reread?.graphText == pack.graphText && reread?.metadata == pack.metadata, "a pack changes when it is saved")
}

/// Makes lengths, places and checksums of a pack right.
func repairPack(_ file: UnsafeMutableRawBufferPointer, placesSections: Bool) {
    guard file.count >= SectionTable.headerByteCount else { return }
    func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        file.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
    func load<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        Number(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: type))
    }
    for (offset, byte) in SectionTable.signature.enumerated() { file[offset] = byte }
    file[10] = SectionTable.version
    file[11] &= 3
    store(UInt64(file.count), at: 12)
    let tableEnd = SectionTable.headerByteCount + Int(load(UInt32.self, at: 20))
    let payload = paddedByteCount(tableEnd)
    guard payload <= file.count else { return }
    for offset in tableEnd..<payload { file[offset] = 0 }
    var (at, place) = (SectionTable.headerByteCount, payload)
    while at + 4 <= tableEnd {
        let nameEnd = at + 2 + Int(load(UInt16.self, at: at))
        guard nameEnd + 2 <= tableEnd, let type = StoredElement(rawValue: file[nameEnd]) else { break }
        let rank = Int(file[nameEnd + 1])
        let digest = nameEnd + 2 + 8 * rank
        guard rank <= SectionTable.Limit.rank, digest + 40 <= tableEnd else { break }
        let shape = (0..<rank).compactMap { Int(exactly: load(UInt64.self, at: nameEnd + 2 + 8 * $0)) }
        guard let elementCount = valueCount(ofShape: shape), elementCount < 1 << 40 else { break }
        let chunkCount = (elementCount + type.elementsPerChunk - 1) / type.elementsPerChunk
        if placesSections { store(UInt64(place), at: digest + 32) }
        at = digest + 40
        guard chunkCount <= (tableEnd - at) / 8 else { break }
        for _ in 0..<chunkCount {
            let stored = Int(load(UInt32.self, at: at))
            let end = paddedByteCount(place + stored)
            if end <= file.count {
                for offset in place + stored..<end { file[offset] = 0 }
                store(CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: file[place..<end])), at: at + 4)
            }
            place = end
            at += 8
        }
    }
    let table = UnsafeRawBufferPointer(rebasing: file[SectionTable.headerByteCount..<payload])
    store(CRC32C.checksum(of: table), at: 24)
    store(CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: file[..<28])), at: 28)
}

/// Packs of every kind.
func packSeeds() -> [String: [UInt8]] {
    let text = String(repeating: "y = relu(x) @body.0\n", count: 12)
    let vector = PackedTensor(path: "b", shape: [3], values: [1, -0.0, 0.25])
    let filter = PackedTensor(path: "f", shape: [2, 16, 3], values: (0..<96).map { Float($0 % 13) * 0.125 - 0.75 })
    var seeds: [String: [UInt8]] = [:]
    for storage in StorageFormat.allCases {
        let model = Pack(graphText: "g", compilerVersion: "1", weights: [vector, filter], storage: storage)
        let checkpoint = Pack(
            graphText: text, compiledText: text, compilerVersion: "1", weights: [vector, filter], states: [vector],
            training: ["step": "1"], metadata: ["a": "b", "c": ""], storage: storage)
        for (name, pack) in [("model", model), ("checkpoint", checkpoint)] {
            guard let encoded = try? EncodedPack(pack, path: "fuzz") else { continue }
            seeds["\(name)-\(storage).gpack"] = encoded.table.encoded() + encoded.chunks.flatMap(\.bytes)
        }
    }
    return seeds
}
