// swift-tools-version: 6.3
import PackageDescription

// Programs that measure parts of the library; `Tools/comparisons/packs` builds and runs them. They stand in a package of
// their own, so that whoever depends on GraphC builds none of them.
let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "graphc", path: "..")],
    targets: [
        .executableTarget(name: "bench-load", dependencies: [.product(name: "GraphC", package: "graphc")]),
        // Measures what is internal to GraphPack, which must be built with -enable-testing for it.
        .executableTarget(name: "bench-pack", dependencies: [.product(name: "GraphC", package: "graphc")]),
    ],
    swiftLanguageModes: [.v6]
)
