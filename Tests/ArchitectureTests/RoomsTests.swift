import Foundation
import Testing

/// The rule of the rooms, read from the sources: each imports only rooms above it.
@Suite struct RoomsTests {
    /// From the top. Rooms of one line do not import each other.
    private static let order: [[String]] = [
        ["GraphLanguage"], ["GraphIR"], ["KernelInterface"], ["GraphCompiler"], ["Kernels", "KernelsAVX2", "KernelsAVX512"],
        ["GraphRuntime"], ["GraphFiles"], ["PackInstructions"], ["GraphPack"], ["Interchange"], ["Imaging"], ["GraphModel"],
        ["Enlarging"], ["Measuring"], ["GraphTraining"], ["GraphC"], ["CommandSupport"], ["graphc", "graphrun"],
    ]

    /// The system libraries, and the rooms that know them.
    private static let libraries: [String: Set<String>] = [
        "CZstd": ["GraphPack"], "CZlib": ["Interchange"], "CX86Intrinsics": ["PackInstructions"], "CPNG": ["Imaging"],
        "CPNGShim": ["Imaging"], "ArgumentParser": ["CommandSupport", "graphc", "graphrun"],
        "RealModule": ["GraphIR"],
    ]

    private static let commands: Set<String> = ["CommandSupport", "graphc", "graphrun"]

    /// Rooms that own memory, or read and write bytes.
    private static let memoryRooms: Set<String> = [
        "KernelInterface", "Kernels", "KernelsAVX2", "KernelsAVX512", "GraphRuntime", "GraphFiles", "PackInstructions",
        "GraphPack", "Interchange", "Imaging",
    ]
    /// Rooms that hand rows of pixels to a session, as buffers that know their size.
    private static let rowRooms: Set<String> = [
        "GraphModel", "Enlarging", "Measuring", "GraphTraining", "CommandSupport", "graphc", "graphrun",
    ]

    @Test func roomsImportOnlyRoomsAboveThem() throws {
        for file in try sourceFiles() {
            let line = try #require(
                Self.order.firstIndex { $0.contains(file.room) }, "\(file.path): its room is not in this test's list")
            let above = Set(Self.order[..<line].joined())
            for module in file.imports {
                if Self.order.joined().contains(module) {
                    #expect(above.contains(module), "\(file.path) imports \(module), which is not above \(file.room)")
                } else if let users = Self.libraries[module] {
                    #expect(users.contains(file.room), "\(file.path) imports \(module)")
                }
            }
        }
    }

    /// The whole of Foundation brings the data of ICU, 40 MB, into each of the commands that are released.
    @Test func roomsUseTheEssentialsOfFoundation() throws {
        for file in try sourceFiles() {
            #expect(!file.imports.contains("Foundation"), "\(file.path): import FoundationEssentials")
        }
    }

    @Test func onlyCommandsPrintExitAndParseArguments() throws {
        let words: Set = [
            "print", "debugPrint", "exit", "_exit", "abort", "fatalError", "readLine", "fputs", "CommandLine", "stdout", "stderr",
        ]
        for file in try sourceFiles() where !Self.commands.contains(file.room) {
            // A type may have a `print` of its own, and be asked for it by name.
            let isPrinter = file.code.contains { $0.line.contains("func print(") }
            for (number, line) in file.code {
                let found = Self.words(of: line).filter(words.contains)
                #expect(
                    found.isEmpty || (isPrinter && Set(found) == ["print"]), "\(file.path):\(number) is for commands: \(line)")
            }
        }
    }

    @Test func pointersLiveWhereMemoryIsOwned() throws {
        for file in try sourceFiles() where !Self.memoryRooms.contains(file.room) {
            for (number, line) in file.code {
                let found = Self.words(of: line).filter { word in
                    let isBuffer = word.hasPrefix("withUnsafe") || (word.hasPrefix("Unsafe") && word.hasSuffix("BufferPointer"))
                    if isBuffer { return !Self.rowRooms.contains(file.room) }
                    return word.hasPrefix("Unsafe") || word.hasPrefix("unsafe") || word == "OpaquePointer" || word == "Unmanaged"
                }
                #expect(found.isEmpty, "\(file.path):\(number) handles pointers: \(line)")
            }
        }
    }

    /// The names in a line, without those behind a dot.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = "", isMember = false, last: Character = " "
        for character in line + " " {
            if character.isLetter || character.isNumber || character == "_" {
                if word.isEmpty { isMember = last == "." }
                word.append(character)
            } else {
                if !word.isEmpty, !isMember || word.hasPrefix("withUnsafe") { words.append(word) }
                word = ""
            }
            last = character
        }
        return words
    }

    fileprivate struct SourceFile {
        var path: String
        /// The folder of `Sources` that it lies in.
        var room: String
        /// Lines by number, from 1, without comments.
        var code: [(number: Int, line: String)]
        var imports: [String]
    }

    private func sourceFiles() throws -> [SourceFile] {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources").standardizedFileURL
        let paths = try #require(FileManager.default.subpaths(atPath: sources.path))
        let files = try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
            return SourceFile(path: path, text: text)
        }
        #expect(files.count > 100, "the sources are found")
        return files
    }
}

extension RoomsTests.SourceFile {
    fileprivate init(path: String, text: String) {
        self.path = path
        room = String(path.prefix { $0 != "/" })
        code = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let code = line.prefix(upTo: Self.endOfCode(line))
            return code.allSatisfy(\.isWhitespace) ? nil : (index + 1, String(code))
        }
        imports = code.compactMap { _, line in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(Self.isModifier) else { return nil }
            let names = words[(keyword + 1)...].filter { !Self.kinds.contains($0) }
            return names.first.map { String($0.prefix { $0 != "." }) }
        }
    }

    /// Where a comment begins.
    private static func endOfCode(_ line: Substring) -> Substring.Index {
        var last: Character = " "
        for index in line.indices {
            if line[index] == "/", last == "/" { return line.index(before: index) }
            last = line[index]
        }
        return line.endIndex
    }

    private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias"]

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "internal", "private", "fileprivate", "package"].contains(word)
    }
}
