// swift-tools-version: 6.3
import PackageDescription

// Programs that look for faults by what they draw at random. `Tools/check/fuzzed-packs` builds and runs the libFuzzer
// target for the reader of packs, with all modules instrumented, and with -enable-testing, since it mends checksums by what
// is internal to GraphPack; `Tools/check/random-graphs` the comparison of all ways to compute a model.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "graphc", path: "..")],
    targets: [
        .executableTarget(name: "fuzz-pack", dependencies: [.product(name: "GraphC", package: "graphc")]),
        // A symbolic link to Tests/RandomGraphs.
        .target(name: "RandomGraphs", dependencies: [.product(name: "GraphC", package: "graphc")]),
        .executableTarget(name: "random-graphs", dependencies: ["RandomGraphs"]),
    ],
    swiftLanguageModes: [.v6]
)
