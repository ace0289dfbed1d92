import Testing

/// The rule of the rooms, read from the sources: each imports only rooms above it.
@Suite struct RoomsTests {
    /// From the top. Rooms of one line do not import each other.
    private static let order: [[String]] = [
        ["GraphBasics"], ["GraphLanguage"], ["GraphKernelInterface"], ["GraphIR"], ["GraphCompiler"],
        ["GraphKernels", "GraphKernelsAVX2", "GraphKernelsAVX512"],
        ["GraphRuntime"], ["GraphMPI"], ["GraphFiles"], ["GraphPackInstructions"], ["GraphPack"], ["GraphInterchange"],
        ["GraphImaging"],
        ["GraphModel"], ["GraphImport"],
        ["GraphEnlarging"], ["GraphServing"], ["GraphMeasuring"], ["GraphTraining"], ["GraphC"], ["GraphCAPI"],
        ["GraphCommandSupport"],
        ["graphc", "graphrun"],
    ]

    /// The system libraries, and the rooms that know them.
    private static let libraries: [String: Set<String>] = [
        "CGraphZstd": ["GraphPack"], "CGraphZlib": ["GraphInterchange", "GraphImaging"],
        "CGraphMPI": ["GraphMPI"], "CGraphX86Intrinsics": ["GraphRuntime", "GraphPackInstructions"],
        "CGraphPNG": ["GraphImaging"],
        "CGraphPNGShim": ["GraphImaging"], "CGraphJPEGShim": ["GraphImaging"], "CGraphWebP": ["GraphImaging"],
        "CGraphStreamShim": ["GraphImaging"],
        "CGraphC": ["GraphCAPI"], "CGraphProcessShim": ["GraphCommandSupport"], "CGraphProcessorShim": ["GraphBasics"],
        "ArgumentParser": ["GraphCommandSupport", "graphc", "graphrun"],
        "RealModule": ["GraphIR"],
        "SystemPackage": [
            "GraphBasics", "GraphRuntime", "GraphFiles", "GraphPack", "GraphInterchange", "GraphImaging", "GraphModel",
            "GraphImport", "GraphEnlarging", "GraphServing", "GraphTraining", "GraphC", "GraphCommandSupport", "graphc",
            "graphrun",
        ],
    ]

    private static let commands: Set<String> = ["GraphCommandSupport", "graphc", "graphrun"]

    /// Rooms that own memory or threads, or read and write bytes.
    private static let memoryRooms: Set<String> = [
        "GraphBasics", "GraphKernelInterface", "GraphKernels", "GraphKernelsAVX2", "GraphKernelsAVX512", "GraphRuntime",
        "GraphMPI",
        "GraphFiles", "GraphPackInstructions",
        "GraphPack", "GraphInterchange", "GraphImaging", "GraphCAPI",
    ]
    /// Rooms that hand rows of pixels to a session, as buffers that know their size.
    private static let rowRooms: Set<String> = [
        "GraphModel", "GraphEnlarging", "GraphServing", "GraphMeasuring", "GraphTraining", "GraphCommandSupport", "graphc",
        "graphrun",
    ]

    @Test func roomsImportOnlyRoomsAboveThem() throws {
        for file in try SourceFile.all() {
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

    /// A package that depends on this one cannot have a target of the same name, its own or another package's.
    @Test func roomsHaveTheNamesOfThisProject() {
        for room in Self.order.joined() + Self.libraries.keys.filter({ $0.hasPrefix("C") }) {
            #expect(room.lowercased().hasPrefix("graph") || room.hasPrefix("CGraph"), "a client may have a \(room) of his own")
        }
    }

    /// The whole of Foundation brings the data of ICU, 40 MB, into each of the commands that are released, and not even its
    /// essentials can be linked into the shared library for C.
    @Test func onlyCommandsUseTheEssentialsOfFoundation() throws {
        for file in try SourceFile.all() {
            #expect(!file.imports.contains("Foundation"), "\(file.path): import FoundationEssentials")
            guard !Self.commands.contains(file.room) else { continue }
            #expect(!file.imports.contains("FoundationEssentials"), "\(file.path) cannot be linked into a shared library")
        }
    }

    @Test func onlyCommandsPrintExitAndParseArguments() throws {
        let words: Set = [
            "print", "debugPrint", "exit", "_exit", "abort", "fatalError", "readLine", "fputs", "CommandLine", "stdout", "stderr",
        ]
        for file in try SourceFile.all() where !Self.commands.contains(file.room) {
            // A type may have a `print` of its own, and be asked for it by name.
            let isPrinter = file.code.contains { $0.line.contains("func print(") }
            for (number, line) in file.code {
                let found = Self.words(of: line).filter(words.contains)
                #expect(
                    found.isEmpty || (isPrinter && Set(found) == ["print"]), "\(file.path):\(number) is for commands: \(line)")
            }
        }
    }

    /// What a library says names no option of a command: who calls it may have none.
    @Test func onlyCommandsNameOptions() throws {
        for file in try SourceFile.all() where !Self.commands.contains(file.room) {
            for (number, line) in file.code {
                #expect(!line.contains(/--[a-z]|-D\b/), "\(file.path):\(number) names an option of a command: \(line)")
            }
        }
    }

    @Test func pointersLiveWhereMemoryIsOwned() throws {
        for file in try SourceFile.all() where !Self.memoryRooms.contains(file.room) {
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
}
