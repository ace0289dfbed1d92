// swift-tools-version: 6.3
import PackageDescription

// Programs that embed graphc, each by `import GraphC` alone. Elsewhere the dependency is named by its address and version,
// as README.md says.
let graphC: Target.Dependency = .product(name: "GraphC", package: "graphc")

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "graphc", path: "../..")],
    targets: [
        .executableTarget(name: "EnlargePicture", dependencies: [graphC]),
        .executableTarget(name: "GraphToSession", dependencies: [graphC]),
        .executableTarget(name: "TrainAndEnlarge", dependencies: [graphC]),
    ],
    swiftLanguageModes: [.v6]
)
