// swift-tools-version: 6.3
import PackageDescription

// Programs that look for faults by what they draw at random. `Tools/fuzz` and `Tools/check/fuzzed-networks` build and run
// the libFuzzer programs, with all modules instrumented, and with -enable-testing, since they know what is internal to
// modules; `Tools/check/random-graphs` the comparison of all ways to compute a model.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "graphc", path: "..")],
    targets: [
        // A symbolic link to Tests/FuzzTargets.
        .target(name: "FuzzTargets", dependencies: [.product(name: "GraphC", package: "graphc")]),
        .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"]),
        .target(name: "FuzzDriver"),
        .executableTarget(name: "fuzz-network", dependencies: ["FuzzDriver", .product(name: "GraphC", package: "graphc")]),
        // A symbolic link to Tests/RandomGraphs.
        .target(name: "RandomGraphs", dependencies: [.product(name: "GraphC", package: "graphc")]),
        .executableTarget(name: "random-graphs", dependencies: ["RandomGraphs"]),
    ],
    swiftLanguageModes: [.v6]
)
