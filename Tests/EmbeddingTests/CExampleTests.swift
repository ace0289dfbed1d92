import Foundation
import GraphC
import GraphTestSupport
import SystemPackage
import Testing

/// Programs in C, compiled and run.
@Suite(.enabled(if: Place.program("cc") != nil, "there is no C compiler"))
struct CExampleTests {
    private let folder = TemporaryFolder()

    /// Compiles a program against the library as it was built, which has some of the compiler's functions from Swift's
    /// libraries: without the shared library of these the linker would take hidden ones.
    private func compile(_ source: String) throws -> String {
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("libgraphc.so").string, withDestinationPath: CLibrary.path)
        let program = folder.file("program").string
        let compiled = try run(
            "/usr/bin/env",
            [
                "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", source, "-o", program, "-I\(Place.root)/Sources/CGraphC",
                "-L\(folder.path)", "-lgraphc", "-Wl,-rpath,\(folder.path)", "-Wl,-rpath,\(Place.products)", "-lpthread",
                "-shared-libgcc",
            ], in: Place.root)
        try #require(compiled.status == 0, "\(compiled.errors)")
        return program
    }

    @Test func enlargeMakesTheBytesOfGraphrun() throws {
        let program = try compile("Docs/Examples/C/enlarge.c")
        let failed = try run(program, in: folder.path.string)
        #expect(failed.status == 1 && failed.errors.contains("edsr-x4.gpack"))
        try FileManager.default.createSymbolicLink(atPath: folder.file("edsr-x4.gpack").string, withDestinationPath: Place.model)
        try Picture(syntheticWidth: 40, height: 24, seed: 1).writePNG(to: folder.file("photo.png"))
        let finished = try run(program, in: folder.path.string)
        #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished.errors)")
        try Model(contentsOf: FilePath(Place.model)).enlarge(folder.file("photo.png"), to: folder.file("expected.png"))
        #expect(fileBytes(folder.file("big.png")) == fileBytes(folder.file("expected.png")))
    }

    @Test func arrays() throws {
        let finished = try run(try compile("Docs/Examples/C/arrays.c"), [Place.model], in: folder.path.string)
        #expect(finished.status == 0 && finished.errors.isEmpty, "\(finished.errors)")
        #expect(
            finished.output == """
                3 x 2 pixels have become 12 x 8: 100 %
                predict takes lr: u8[N, H, W, 3]
                image has 12 x 8 pixels

                """)
    }

    /// Null pointers, wrong sizes, unknown names, threads at once.
    @Test func noArgumentStopsAProgram() throws {
        let program = try compile("Tests/EmbeddingTests/arguments.c")
        try Picture(syntheticWidth: 9, height: 7, seed: 1).writePNG(to: folder.file("photo.png"))
        let finished = try run(program, [Place.model, "photo.png"], in: folder.path.string)
        #expect(finished.status == 0 && finished.output == "as expected\n", "\(finished.errors)")
    }
}
