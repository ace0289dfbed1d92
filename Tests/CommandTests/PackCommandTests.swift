import GraphPack
import Testing

struct PackCommandTests {
    @Test func modelsAreStoredSmallerVerifiedAndCompared() throws {
        let place = try Workplace()
        let exact = try place.graphrun("pack", Models.path("srcnn"), "-o", "exact.gpack").success()
        #expect(exact.contains("@extract.filter") && exact.contains("\ndigest "))
        let report = try place.graphrun("pack", "exact.gpack", "--store", "int8", "-o", "small.gpack").success()
        #expect(report.contains("int8: "))
        #expect(try place.bytes("small.gpack").count < place.bytes("exact.gpack").count / 2)
        let verified = try place.graphrun("verify", "exact.gpack", "small.gpack").success()
        #expect(verified.hasPrefix("exact.gpack: sound: 10 sections"))
        #expect(verified.contains("\nsmall.gpack: sound: 10 sections"))
        #expect(try place.graphrun("diff", "exact.gpack", "exact.gpack").success() == "no difference\n")
        let difference = try place.graphrun("diff", "exact.gpack", "small.gpack")
        #expect(difference.status == 1 && difference.errors.isEmpty)
        #expect(difference.output.hasPrefix("storage: differs\nweights/extract.filter: 15552 of 15552 values, by at most "))
        // A model that was stored smaller is one like any other.
        _ = try place.graphrun("pack", "small.gpack", "--store", "int8", "-o", "again.gpack").success()
        #expect(try place.bytes("again.gpack") == place.bytes("small.gpack"))
    }

    @Test func damageIsNamed() throws {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("srcnn"), "-o", "a.gpack").success()
        var bytes = Array(try place.bytes("a.gpack"))
        bytes[bytes.count - 1] ^= 1
        _ = try place.file("a.gpack", bytes)
        let finished = try place.graphrun("verify", "a.gpack")
        #expect(finished.status == 1 && finished.errors.isEmpty)
        #expect(
            finished.output == "a.gpack: damaged: section 'weights/reconstruct.filter': its checksum does not match; "
                + "copy the file again or restore it from a backup\n")
    }
}
