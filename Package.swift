// swift-tools-version: 6.3
import PackageDescription

// The kernels are built three times from one folder: `GraphKernelsAVX2` and `GraphKernelsAVX512` are symbolic links to `GraphKernels`.
// They are optimised in debug builds too, as one module so that small functions are inlined across
// files (SwiftPM wants the next two flags with that): `swift test` runs the kernels that people run.
// Without errno, a square root is one instruction rather than a call for each lane.
// LLVM's prefetch, arithmetic of vectors and shuffles are reached through the module of the compiler's built-in functions.
let kernelSettings: [SwiftSetting] = [
    .enableExperimentalFeature("BuiltinModule"),
    .unsafeFlags(["-Ounchecked", "-wmo", "-num-threads", "2", "-disable-batch-mode", "-Xcc", "-fno-math-errno"]),
]
let avx2Settings: [SwiftSetting] = [
    .define("FMA"),
    .unsafeFlags(["-Xcc", "-mavx2", "-Xcc", "-mfma"]),
]
let avx512Settings: [SwiftSetting] = [
    .define("FMA"), .define("AVX512"),
    .unsafeFlags(["-Xcc", "-mavx512f", "-Xcc", "-mavx512vl", "-Xcc", "-mavx512dq", "-Xcc", "-mavx512bw"]),
]

/// The instructions for CRC-32C and SHA-256, in a module of their own that is called where the processor has them.
let checksumSettings: [SwiftSetting] = [
    .unsafeFlags(["-Ounchecked", "-Xcc", "-msse4.2", "-Xcc", "-mcrc32", "-Xcc", "-msha"])
]

/// What tests run many times stays fast in debug builds: reading of text, reference implementations, pictures, packs.
let optimizedSettings: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// What the system says of a call that failed, and the parts of file paths.
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "graphc",
    products: [
        .library(name: "GraphC", targets: ["GraphC"]),
        // For C and Python, as libgraphc.so: see Tools/make/library.
        .library(name: "GraphCAPI", type: .dynamic, targets: ["GraphCAPI"]),
        .executable(name: "graphc", targets: ["graphc"]),
        .executable(name: "graphrun", targets: ["graphrun"]),
    ],
    traits: [
        .trait(name: "Vips", description: "TIFF, HEIC, AVIF and JPEG XL pictures, by libvips."),
        .trait(name: "MPI", description: "Training and enlarging on several machines, by Open MPI or MPICH."),
    ],
    dependencies: [
        // Parses the arguments of the two commands.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // tanh, exp, log and pow over Float and Double, for the reference implementations.
        .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
        // What the system says of a call that failed, and the parts of file paths.
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    ],
    targets: [
        // In the order of the rooms: each target depends on targets above it only.
        // Which processors a process may use: Swift cannot see `sched_getaffinity`.
        .target(name: "CGraphProcessorShim"),
        // Numbers as people read them, JSON text, threads.
        .target(name: "GraphBasics", dependencies: ["CGraphProcessorShim", systemPackage]),
        .target(name: "GraphLanguage", swiftSettings: optimizedSettings),
        .target(name: "GraphKernelInterface", dependencies: ["GraphBasics"]),
        .target(
            name: "GraphIR",
            dependencies: ["GraphLanguage", "GraphKernelInterface", .product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: optimizedSettings),
        .target(
            name: "GraphCompiler", dependencies: ["GraphBasics", "GraphLanguage", "GraphIR", "GraphKernelInterface"],
            swiftSettings: optimizedSettings),
        .target(name: "GraphKernels", dependencies: ["GraphBasics", "GraphKernelInterface"], swiftSettings: kernelSettings),
        .target(
            name: "GraphKernelsAVX2", dependencies: ["GraphBasics", "GraphKernelInterface"],
            swiftSettings: kernelSettings + avx2Settings),
        .target(
            name: "GraphKernelsAVX512", dependencies: ["GraphBasics", "GraphKernelInterface"],
            swiftSettings: kernelSettings + avx512Settings),
        .target(
            name: "GraphRuntime",
            dependencies: [
                "GraphBasics", "GraphIR", "GraphKernelInterface", "GraphCompiler", "GraphKernels", "GraphKernelsAVX2",
                "GraphKernelsAVX512", "CGraphX86Intrinsics",
                systemPackage,
            ],
            swiftSettings: optimizedSettings),
        // With the trait `MPI` alone: processes on several machines that do one job.
        .systemLibrary(name: "CGraphMPI", pkgConfig: "mpi", providers: [.apt(["libopenmpi-dev"])]),
        .target(
            name: "GraphMPI",
            dependencies: ["GraphBasics", "GraphRuntime", .target(name: "CGraphMPI", condition: .when(traits: ["MPI"]))]),
        .systemLibrary(name: "CGraphZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CGraphZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // The compiler's own header of x86 instructions.
        .systemLibrary(name: "CGraphX86Intrinsics"),
        // Files as bytes and text, and files that appear whole or not at all.
        .target(name: "GraphFiles", dependencies: ["GraphBasics", systemPackage]),
        .target(name: "GraphPackInstructions", dependencies: ["CGraphX86Intrinsics"], swiftSettings: checksumSettings),
        .target(
            name: "GraphPack", dependencies: ["CGraphZstd", "GraphBasics", "GraphFiles", "GraphPackInstructions", systemPackage],
            swiftSettings: optimizedSettings),
        .target(
            name: "GraphInterchange", dependencies: ["CGraphZlib", "GraphBasics", "GraphFiles", "GraphPack", systemPackage]),
        // Streams over files that are shared, for libpng and libjpeg: Swift cannot see `fopencookie`.
        .target(name: "CGraphStreamShim"),
        .systemLibrary(name: "CGraphPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        // libpng reports errors by longjmp, which Swift frames cannot be unwound by: the shim turns it into a result.
        .target(name: "CGraphPNGShim", dependencies: ["CGraphPNG"]),
        .systemLibrary(name: "CGraphJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        // The same for libjpeg, which reports errors by a function that must not return.
        .target(name: "CGraphJPEGShim", dependencies: ["CGraphJPEG"]),
        // Decoder, encoder, and the container with its chunks.
        .systemLibrary(name: "CGraphWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
        // With the trait `Vips` alone: TIFF, HEIC, AVIF and JPEG XL.
        .systemLibrary(name: "CGraphVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
        // libvips' functions take any number of arguments, which Swift cannot call.
        .target(
            name: "CGraphVipsShim", dependencies: [.target(name: "CGraphVips", condition: .when(traits: ["Vips"]))],
            cSettings: [.define("GRAPHC_VIPS", .when(traits: ["Vips"]))]),
        .target(
            name: "GraphImaging",
            dependencies: [
                "CGraphStreamShim", "CGraphPNG", "CGraphPNGShim", "CGraphJPEGShim", "CGraphWebP", "CGraphZlib",
                .target(name: "CGraphVipsShim", condition: .when(traits: ["Vips"])), "GraphBasics", "GraphFiles",
                systemPackage,
            ],
            swiftSettings: optimizedSettings),
        .target(
            name: "GraphModel",
            dependencies: [
                "GraphBasics", "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles", "GraphPack",
                systemPackage,
            ]),
        // Networks of other programs, as graphs with their weights.
        .target(
            name: "GraphImport",
            dependencies: [
                "GraphBasics", "GraphLanguage", "GraphIR", "GraphFiles", "GraphPack", "GraphInterchange", "GraphModel",
                systemPackage,
            ]),
        .target(
            name: "GraphEnlarging",
            dependencies: [
                "GraphBasics", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles", "GraphImaging", "GraphModel",
                systemPackage,
            ]),
        // The page of `graphrun serve`. Its files become a part of the program.
        .target(
            name: "GraphServing",
            dependencies: [
                "GraphBasics", "GraphRuntime", "GraphFiles", "GraphImaging", "GraphModel", "GraphEnlarging", systemPackage,
            ],
            resources: [
                .embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js"),
                .embedInCode("Page/comparison.js"), .embedInCode("Page/archive.js"), .embedInCode("Page/icon.svg"),
            ]),
        .target(
            name: "GraphMeasuring",
            dependencies: [
                "GraphBasics", "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphModel", "GraphEnlarging",
            ]),
        .target(
            name: "GraphTraining",
            dependencies: [
                "GraphBasics", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles", "GraphPack", "GraphInterchange",
                "GraphImaging",
                "GraphModel", "GraphEnlarging", "GraphMeasuring", systemPackage,
            ]),
        // What an embedder imports: every public room, as one module.
        .target(
            name: "GraphC",
            dependencies: [
                "GraphBasics", "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles", "GraphPack",
                "GraphInterchange", "GraphImaging", "GraphModel", "GraphImport", "GraphEnlarging", "GraphMeasuring",
                "GraphTraining", systemPackage,
            ]),
        // The header of the C interface.
        .systemLibrary(name: "CGraphC"),
        // What the header declares, in Swift.
        .target(name: "GraphCAPI", dependencies: ["CGraphC", "GraphC"]),
        // What C's start-up knows of the process, and what becomes of memory that the system refuses.
        .target(name: "CGraphProcessShim"),
        .target(
            name: "GraphCommandSupport",
            dependencies: [
                "CGraphProcessShim", "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles",
                "GraphInterchange", "GraphModel", "GraphImport", systemPackage,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "graphc",
            dependencies: [
                "GraphBasics", "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles", "GraphPack",
                "GraphModel", "GraphImport", "GraphCommandSupport", systemPackage,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "graphrun",
            dependencies: [
                "GraphBasics", "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphFiles", "GraphPack",
                "GraphInterchange", "GraphImaging", "GraphModel", "GraphEnlarging", "GraphServing", "GraphMeasuring",
                "GraphTraining", "GraphCommandSupport",
                .target(name: "GraphMPI", condition: .when(traits: ["MPI"])),
                systemPackage,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // The models of `Graphs/`, made small enough for the interpreter.
        .target(name: "GraphModelFixtures", dependencies: ["GraphCompiler", "GraphIR"], path: "Tests/GraphModelFixtures"),
        // Golden texts, repeatable numbers and folders that tests clean up.
        .target(name: "GraphTestSupport", dependencies: [systemPackage], path: "Tests/GraphTestSupport"),
        // Ranks that are threads of one process.
        .target(name: "ThreadRanks", dependencies: ["GraphRuntime"], path: "Tests/ThreadRanks"),
        // Models drawn at random, and all ways to compute them; the package Fuzzing draws many more.
        .target(
            name: "RandomGraphs",
            dependencies: [
                "GraphLanguage", "GraphIR", "GraphCompiler", "GraphRuntime", "GraphPack", "GraphModel", systemPackage,
            ],
            path: "Tests/RandomGraphs", swiftSettings: optimizedSettings),
        .testTarget(name: "RandomGraphTests", dependencies: ["RandomGraphs", "GraphTestSupport"]),
        .testTarget(name: "ArchitectureTests", dependencies: ["GraphIR", "GraphKernelInterface"]),
        .testTarget(name: "GraphLanguageTests", dependencies: ["GraphLanguage", "GraphTestSupport"]),
        .testTarget(name: "GraphIRTests", dependencies: ["GraphIR", "GraphLanguage", "GraphTestSupport"]),
        .testTarget(
            name: "GraphCompilerTests", dependencies: ["GraphCompiler", "GraphTestSupport", "GraphModelFixtures"]),
        .testTarget(
            name: "GraphKernelsTests",
            dependencies: [
                "GraphBasics", "GraphKernelInterface", "GraphKernels", "GraphKernelsAVX2", "GraphKernelsAVX512",
                "GraphTestSupport",
            ]),
        .testTarget(name: "GraphRuntimeTests", dependencies: ["GraphRuntime", "GraphModelFixtures", "GraphTestSupport"]),
        .testTarget(name: "GraphFilesTests", dependencies: ["GraphFiles", "GraphTestSupport", systemPackage]),
        .testTarget(name: "GraphPackTests", dependencies: ["GraphPack", "GraphInterchange", "GraphTestSupport"]),
        .testTarget(
            name: "GraphInterchangeTests", dependencies: ["GraphInterchange", "GraphTestSupport"], exclude: ["Fixtures"]),
        .testTarget(
            name: "GraphImportTests",
            dependencies: [
                "GraphImport", "GraphInterchange", "GraphIR", "GraphModel", "GraphFiles", "GraphPack", "GraphTestSupport",
                systemPackage,
            ]),
        .testTarget(name: "GraphImagingTests", dependencies: ["GraphBasics", "GraphImaging", "GraphTestSupport"]),
        .testTarget(name: "GraphEnlargingTests", dependencies: ["GraphEnlarging", "GraphTestSupport", "ThreadRanks"]),
        .testTarget(name: "GraphServingTests", dependencies: ["GraphServing", "GraphTestSupport"]),
        .testTarget(
            name: "GraphTrainingTests",
            dependencies: ["GraphTraining", "GraphModelFixtures", "GraphTestSupport", "ThreadRanks"]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["GraphCommandSupport", "graphc", "graphrun", "GraphTraining", "GraphTestSupport"]),
        // What strangers' bytes are given to, by libFuzzer in the package `Fuzzing` and by tests.
        .target(name: "FuzzTargets", dependencies: ["GraphC"], path: "Tests/FuzzTargets"),
        .testTarget(name: "FuzzCorpusTests", dependencies: ["FuzzTargets"], exclude: ["Corpus"]),
        // The examples of Docs, which stand in a package of their own: here they are built to be run by tests.
        .executableTarget(
            name: "EnlargePicture", dependencies: ["GraphC"], path: "Docs/Examples/Sources/EnlargePicture"),
        .executableTarget(
            name: "GraphToSession", dependencies: ["GraphC"], path: "Docs/Examples/Sources/GraphToSession"),
        .executableTarget(
            name: "TrainAndEnlarge", dependencies: ["GraphC"], path: "Docs/Examples/Sources/TrainAndEnlarge"),
        .testTarget(
            name: "EmbeddingTests",
            dependencies: ["GraphC", "EnlargePicture", "GraphToSession", "TrainAndEnlarge", "graphrun", "GraphTestSupport"],
            exclude: ["arguments.c"]),
    ],
    swiftLanguageModes: [.v6]
)
