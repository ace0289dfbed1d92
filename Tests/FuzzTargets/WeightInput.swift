@testable import GraphInterchange
@testable import GraphPack

func takeWeights(_ bytes: [UInt8]) {
    guard let file = try? WeightFile(bytes: bytes, name: "fuzz") else { return }
    for tensor in file.tensors {
        precondition(valueCount(ofShape: tensor.shape) == tensor.values.count, "a tensor has more or fewer values than its shape")
        precondition(tensor.path.isPrintable && !tensor.path.isEmpty, "a name cannot be shown")
    }
    _ = try? rules.applied(to: file)
}

private let rules = try! ImportRules(
    """
    a.{i} -> a.{i} : plus b if present, divided by 2
    {x} -> {x} : OIHW to HWIO
    """, name: "rules")

/// Sets the checksum of each entry of an archive to that of its stored bytes.
func repairEntries(of file: UnsafeMutableRawBufferPointer) {
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Int {
        Int(Number(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: type)))
    }
    guard file.count >= 46 else { return }
    for entry in 0...file.count - 46 where number(UInt32.self, at: entry) == 0x0201_4B50 {
        let byteCount = number(UInt32.self, at: entry + 20), header = number(UInt32.self, at: entry + 42)
        guard number(UInt16.self, at: entry + 10) == 0, header <= file.count - 30 else { continue }
        let start = header + 30 + number(UInt16.self, at: header + 26) + number(UInt16.self, at: header + 28)
        guard start <= file.count, byteCount <= file.count - start else { continue }
        let sum = CyclicRedundancyCheck.sum(of: file[start..<start + byteCount])
        file.storeBytes(of: sum.littleEndian, toByteOffset: entry + 16, as: UInt32.self)
    }
}

/// The formats that are written here; `Tools/fuzz` adds what PyTorch and NumPy wrote for tests.
func weightSeeds() throws -> [String: [UInt8]] {
    let header = #"{"a.0":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"n":{"dtype":"I64","shape":[],"data_offsets":[4,12]}}"#
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt64(header.utf8.count))
    return ["two.safetensors": bytes + Array(header.utf8) + [UInt8](repeating: 1, count: 12)]
}
