import Foundation
import GraphC
import GraphTestSupport
import Testing

/// The Python package over the library as it was built; `Tools/check/python` tests its wheel.
struct PythonTests {
    static let hasNumPy = (try? run("/usr/bin/env", ["python3", "-c", "import numpy"], in: "/tmp"))?.status == 0

    @Test(.enabled(if: hasNumPy, "there is no python3 with numpy"))
    func testsAndExamplePass() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.file("edsr-x4.gpack").string, withDestinationPath: Place.model)
        try Picture(syntheticWidth: 40, height: 24, seed: 1).writePNG(to: folder.file("photo.png"))
        let inferred = try run(
            Place.products + "/graphrun", ["infer", "edsr-x4.gpack", "photo.png", "-o", "big.png"], in: folder.path.string)
        #expect(inferred.status == 0)
        let environment = [
            "PYTHONPATH": Place.root + "/Python", "GRAPHC_LIBRARY": CLibrary.path, "GRAPHC_TEST_FILES": folder.path.string,
        ]
        let tested = try run(
            "/usr/bin/env", ["python3", "-B", "-m", "unittest", "discover", "-s", "Python/tests"], in: Place.root,
            environment: environment)
        #expect(tested.status == 0, "\(tested.errors)")
        let expected = fileBytes(folder.file("big.png"))
        let example = try run(
            "/usr/bin/env", ["python3", "-B", Place.root + "/Docs/Examples/Python/enlarge.py"], in: folder.path.string,
            environment: environment)
        #expect(example.status == 0 && example.output == "(96, 128, 3) (1, 96, 128, 3)\n", "\(example.errors)")
        #expect(fileBytes(folder.file("big.png")) == expected)
    }
}
