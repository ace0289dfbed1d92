// swift-tools-version: 6.3
import PackageDescription

// Programs that look for faults by what they draw at random. `Tools/fuzz` builds and runs the libFuzzer program, with all
// modules instrumented, and with -enable-testing, since it knows what is internal to modules; `Tools/check/random-graphs`
// the comparison of all ways to compute a model.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "graphc", path: "..")],
    targets: [
        // A symbolic link to Tests/FuzzTargets.
        .target(name: "FuzzTargets", dependencies: [.product(name: "GraphC", package: "graphc")]),
        .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"]),
        // A symbolic link to Tests/RandomGraphs.
        .target(name: "RandomGraphs", dependencies: [.product(name: "GraphC", package: "graphc")]),
        .executableTarget(name: "random-graphs", dependencies: ["RandomGraphs"]),
    ],
    swiftLanguageModes: [.v6]
)
