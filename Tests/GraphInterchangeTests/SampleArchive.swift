@testable import GraphPack

/// ZIP archives of stored entries, and what stands in them.
enum SampleArchive {
    /// - Parameter promisedCount: what the archive says of its entries' number, if not the truth.
    static func zip(_ entries: [(name: String, bytes: [UInt8])], promisedCount: Int? = nil) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in entries {
            let offset = file.count
            func describe(_ target: inout [UInt8], signature: UInt32, isDirectory: Bool) {
                target.appendLittleEndian(signature)
                target += [UInt8](repeating: 0, count: isDirectory ? 12 : 10)
                target.appendLittleEndian(checksum(bytes))
                for _ in 0..<2 { target.appendLittleEndian(UInt32(bytes.count)) }
                target.appendLittleEndian(UInt16(name.utf8.count))
                target += [UInt8](repeating: 0, count: isDirectory ? 12 : 2)
                if isDirectory { target.appendLittleEndian(UInt32(offset)) }
                target += Array(name.utf8)
            }
            describe(&file, signature: 0x0403_4B50, isDirectory: false)
            file += bytes
            describe(&directory, signature: 0x0201_4B50, isDirectory: true)
        }
        let start = file.count
        let count = promisedCount ?? entries.count
        file += directory
        let wide = file.count
        file.appendLittleEndian(UInt32(0x0606_4B50))
        file += [UInt8](repeating: 0, count: 28)
        for number in [count, directory.count, start] { file.appendLittleEndian(UInt64(number)) }
        file.appendLittleEndian(UInt32(0x0706_4B50))
        file.appendLittleEndian(UInt32(0))
        file.appendLittleEndian(UInt64(wide))
        file.appendLittleEndian(UInt32(1))
        file.appendLittleEndian(UInt32(0x0605_4B50))
        file += [UInt8](repeating: 0, count: 6)
        file.appendLittleEndian(UInt16.max)
        for _ in 0..<2 { file.appendLittleEndian(UInt32.max) }
        file.appendLittleEndian(UInt16(0))
        return file
    }

    /// A checkpoint with storages of floats by their keys.
    static func checkpoint(pickle: [UInt8], storages: [String: [Float]] = [:]) -> [UInt8] {
        var entries: [(name: String, bytes: [UInt8])] = [("m/data.pkl", pickle)]
        for (key, values) in storages.sorted(by: { $0.key < $1.key }) {
            var bytes: [UInt8] = []
            for value in values { bytes.appendLittleEndian(value.bitPattern) }
            entries.append(("m/data/\(key)", bytes))
        }
        return zip(entries)
    }

    /// The opcodes of a tensor over a storage of floats.
    static func tensor(key: String, elementCount: Int, shape: [Int], strides: [Int]) -> [UInt8] {
        func tuple(_ numbers: [Int]) -> [UInt8] { Array("(".utf8) + numbers.flatMap(number) + Array("t".utf8) }
        return Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8) + text("storage") + Array("ctorch\nFloatStorage\n".utf8)
            + text(key) + text("cpu") + number(elementCount) + Array("tQ".utf8) + number(0) + tuple(shape) + tuple(strides)
            + Array("tR".utf8)
    }

    static func text(_ text: String) -> [UInt8] {
        var bytes = Array("X".utf8)
        bytes.appendLittleEndian(UInt32(text.utf8.count))
        return bytes + Array(text.utf8)
    }

    static func number(_ number: Int) -> [UInt8] {
        var bytes = Array("J".utf8)
        bytes.appendLittleEndian(Int32(number))
        return bytes
    }

    /// A `.npy` file.
    static func array(_ type: String, shape: String, data: [UInt8]) -> [UInt8] {
        let header = "{'descr': \(type), 'fortran_order': False, 'shape': \(shape), }\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        bytes.appendLittleEndian(UInt16(header.utf8.count))
        return bytes + Array(header.utf8) + data
    }

    /// CRC-32 as ZIP has it, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
