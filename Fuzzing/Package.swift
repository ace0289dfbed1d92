// swift-tools-version: 6.3
import PackageDescription

// The libFuzzer target for the reader of packs; `Tools/check/fuzzed-packs` builds and runs it, with all modules
// instrumented, and with -enable-testing, since it mends checksums by what is internal to GraphPack.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "graphc", path: "..")],
    targets: [.executableTarget(name: "fuzz-pack", dependencies: [.product(name: "GraphC", package: "graphc")])],
    swiftLanguageModes: [.v6]
)
