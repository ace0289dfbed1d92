import GraphFiles
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphPack
@testable import GraphInterchange

@Suite struct SafeTensorsTests {
    let folder = TemporaryFolder()

    /// A file of a header and data as given.
    private func file(_ header: String, data: [UInt8] = []) -> FilePath {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt64(header.utf8.count))
        return folder.file("made.safetensors", holding: bytes + Array(header.utf8) + data)
    }

    private func refusal(_ header: String, data: [UInt8] = []) -> String {
        let path = file(header, data: data)
        return message { _ = try SafeTensors(contentsOf: path) }
    }

    @Test func everyElementTypeIsRead() throws {
        let header = #"""
            { "__metadata__" : {"format":"pt", "na\u00efve \ud83d\ude00\n": "a\\b\"c\/"},
              "z.f32": {"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
              "half": {"shape":[2],"data_offsets":[8,12],"dtype":"F16"},
              "b": {"dtype":"BF16","shape":[],"data_offsets":[12,14]},
              "empty": {"dtype":"F32","shape":[0,4],"data_offsets":[14,14]},
              "d": {"dtype":"F64","shape":[1],"data_offsets":[14,22]} }
            """# + "   "
        var data: [UInt8] = []
        data.appendLittleEndian(Float(1.5).bitPattern)
        data.appendLittleEndian(Float.nan.bitPattern)
        data.appendLittleEndian(UInt16(0x3C01))  // 1 + 2^-10
        data.appendLittleEndian(UInt16(0x8001))  // -2^-24
        data.appendLittleEndian(UInt16(0xC049))  // -3.140625
        data.appendLittleEndian((1.0 / 3).bitPattern)
        let read = try SafeTensors(contentsOf: file(header, data: data))
        #expect(
            read.tensors == [
                PackedTensor(path: "b", shape: [], values: [-3.140625]),
                PackedTensor(path: "d", shape: [1], values: [1 / 3]),
                PackedTensor(path: "empty", shape: [0, 4], values: []),
                PackedTensor(path: "half", shape: [2], values: [1 + 0x1p-10, -0x1p-24]),
                PackedTensor(path: "z.f32", shape: [2, 1], values: [1.5, .nan]),
            ])
        #expect(read.metadata == ["format": "pt", "naïve 😀\n": "a\\b\"c/"])
    }

    @Test func writtenBytesAreTheFormats() throws {
        let path = folder.file("out.safetensors")
        let tensors = [
            PackedTensor(path: "b", shape: [1, 2], values: [1, -2]), PackedTensor(path: "a\"", shape: [], values: [0.5]),
        ]
        try SafeTensors(tensors: tensors, metadata: ["k": "1\t2"]).write(to: path)
        let header =
            #"{"__metadata__":{"k":"1\u00092"},"a\"":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
            + #""b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}}"#
        let padding = (8 - header.utf8.count % 8) % 8
        let bytes = fileBytes(path)
        #expect(bytes.prefix(8) == [UInt8(header.utf8.count + padding), 0, 0, 0, 0, 0, 0, 0])
        #expect(String(decoding: bytes[8...].prefix(header.utf8.count), as: UTF8.self) == header)
        #expect(bytes.suffix(12) == [0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        let read = try SafeTensors(contentsOf: path)
        #expect(read == SafeTensors(tensors: tensors, metadata: ["k": "1\t2"]))
        #expect(folder.names == ["out.safetensors"])
    }

    @Test func nothingAtAllIsAFile() throws {
        try SafeTensors(tensors: []).write(to: folder.file("none.safetensors"))
        #expect(try SafeTensors(contentsOf: folder.file("none.safetensors")).tensors.isEmpty)
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "tensor 'a': its bytes 4..<8 should start at 0"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "data: the tensors end at byte 4, and the data at 8"),
        (
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#,
            "tensor 'a': its bytes 0..<12 should start at 0 and end by 8"
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, "tensor 'a': its 8 bytes are not those of its shape [1]"),
        (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}}"#, "not those of its shape"),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            "tensor 'b': its bytes 0..<8 should start at 4"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            "tensor 'a': its name stands there twice"
        ),
        (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#, "tensor 'a': its rank is 9"),
        (#"{"":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "a name is empty"),
        (#"{"\u0000":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "not printable"),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "at byte 29 stands no whole number"),
        (#"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#, "no whole number"),
        (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "stands no ']'"),
        (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#, "no whole number"),
        (#"{"a":{"dtype":"F32","shape":[9999999999999999999],"data_offsets":[0,8]}}"#, "no whole number"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "data_offsets that are no range"),
        (#"{"a":{"dtype":"F32","shape":[2]}}"#, "without dtype, shape or data_offsets"),
        (
            #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            "a member that is unknown or stands there twice"
        ),
        (#"{"a":{"dtype":"F32","shape":[[[[2]]]],"data_offsets":[0,8]}}"#, "no whole number"),
        (#"{"a":[]}"#, "at byte 5 stands no '{'"),
        (#"{"a"#, "a string without end"),
        (#"{"a\"#, "a string without end"),
        (#"{"a\u12"#, "an unknown escape"),
        (#"{"a\x"#, "an unknown escape"),
        (#"{"\ud800":"#, "half a surrogate pair"),
        (#"{"\ud800\u"#, "an unknown escape"),
        (#"{"__metadata__":{"a":1}}"#, #"no '"'"#),
        (#"{"__metadata__":{"a":"","a":""}}"#, "a metadata key that stands there twice"),
        (#"{"__metadata__":{},"__metadata__":{}}"#, "a second '__metadata__'"),
        (#"{} {}"#, "more than one value"),
        (#"{"#, "promise a header of 1 bytes"),
        (#"[]"#, "not a safetensors file: its header is not a JSON object"),
    ])
    func malformedHeadersAreRefused(header: String, expected: String) {
        let found = refusal(header, data: [UInt8](repeating: 0, count: 8))
        #expect(found.contains(expected))
    }

    @Test func filesThatAreNoneAreRefused() {
        let empty = folder.file("empty", holding: [])
        #expect(message { _ = try SafeTensors(contentsOf: empty) }.contains("0 bytes are too few"))
        let huge = folder.file("huge", holding: [UInt8](repeating: 0xFF, count: 100))
        #expect(
            message { _ = try SafeTensors(contentsOf: huge) }.contains(
                "a header of 18446744073709551615 bytes, and 92 are possible"))
        #expect(message { _ = try SafeTensors(contentsOf: folder.path) } == "is a folder; name a file")
        #expect(message { _ = try SafeTensors(contentsOf: folder.file("none")) } == "no such file; is the name right?")
    }

    @Test func everyOtherLengthIsRefused() throws {
        let path = folder.file("a.safetensors")
        try SafeTensors(tensors: [PackedTensor(path: "a", shape: [3], values: [1, 2, 3])]).write(to: path)
        let bytes = fileBytes(path)
        for count in 0..<bytes.count {
            let cut = folder.file("cut.safetensors", holding: Array(bytes[..<count]))
            #expect(throws: InterchangeError.self) { try SafeTensors(contentsOf: cut) }
        }
        let longer = folder.file("longer.safetensors", holding: bytes + [0])
        #expect(message { _ = try SafeTensors(contentsOf: longer) }.contains("the tensors end at byte 12, and the data at 13"))
    }

    /// Any change of one byte is read as something or refused, and never traps.
    @Test func changedBytesDoNotTrap() throws {
        let path = folder.file("a.safetensors")
        let tensors = [PackedTensor(path: "a", shape: [3], values: [1, 2, 3]), PackedTensor(path: "b", shape: [1], values: [4])]
        try SafeTensors(tensors: tensors).write(to: path)
        let bytes = fileBytes(path)
        var refused = 0
        for offset in bytes.indices.dropLast(16) {
            for value in Array("\0 \",09[\\{}\u{7F}-".utf8) where value != bytes[offset] {
                var changed = bytes
                changed[offset] = value
                if (try? SafeTensors(reading: InputFile(changed, name: path))) == nil { refused += 1 }
            }
        }
        // What passes changes a letter of a name or a space of the header.
        #expect(refused > (bytes.count - 16) * 12 * 3 / 4)
    }
}
