import GraphCompiler
import Testing

/// Groups that no pass makes but a hand may write: those whose kernel would leave its rows are refused, none traps.
@Suite struct EditedGroupTests {
    private func refusal(_ group: String, kernel: String, images: Int = 1, outputs: String = "") -> String? {
        let text = """
            stage scheduled

            entry predict m(x: f32[\(images), 8, 8, 16]) -> (\(outputs)) on portable {
              weight f1: f32[3, 3, 16, 16] ~ zeros @f1
              weight f2: f32[3, 3, 16, 3] ~ zeros @f2
              weight b1: f32[16] ~ zeros @b1
              weight b2: f32[16] ~ zeros @b2
              fuse s0 using \(kernel) {
                \(group)
              }
            }
            """
        do {
            _ = try readProgram(text)
            return nil
        } catch {
            return error.rendered(file: "plan", source: text)
        }
    }

    private let chain = """
        c1: f32[1, 8, 8, 16] = conv2d(x, f1)
            c2: f32[1, 8, 8, 3] = conv2d(c1, f2)
            
        """

    private func expectRefused(
        _ group: String, kernel: String, outputs: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let report = refusal(group, kernel: kernel, outputs: outputs)
        #expect(
            report?.contains("does not fit step 's0'") == true || report?.contains("differ in height") == true,
            "\(report ?? "it was read")", sourceLocation: sourceLocation)
    }

    /// The chain by itself is refused for the buffers and runs that the text lacks, not for its group.
    @Test func theChainItselfFits() {
        let report = refusal(chain, kernel: "conv2d_composed", outputs: "c2: f32[1, 8, 8, 3]")
        #expect(report?.contains("fit step") == false && report?.contains("height") == false, "\(report ?? "")")
    }

    @Test func aChainThatEndsInASumIsRefused() {
        expectRefused(chain + "s: f32[3] = sum_to(c2, shape = [3])", kernel: "conv2d_composed", outputs: "s: f32[3]")
    }

    @Test func aChainThatEndsInMoreImagesIsRefused() {
        expectRefused(
            chain + "b: f32[2, 8, 8, 3] = broadcast(c2, shape = [2, 8, 8, 3])", kernel: "conv2d_composed",
            outputs: "b: f32[2, 8, 8, 3]")
    }

    @Test func aChainThatEndsInAVectorIsRefused() {
        expectRefused(
            chain + "n: f32[16] = negate(b1)\n    a: f32[16] = n + b2", kernel: "conv2d_composed", outputs: "a: f32[16]")
    }

    @Test func whatStandsBeforeTheFirstConvolutionIsRefused() {
        expectRefused("t: f32[1, 8, 8, 16] = x + b1\n    " + chain, kernel: "conv2d_composed", outputs: "c2: f32[1, 8, 8, 3]")
        expectRefused(
            "d: f32[1, 16, 16, 4] = depth_to_space(x, block = 2)\n    " + chain, kernel: "conv2d_composed",
            outputs: "c2: f32[1, 8, 8, 3]")
    }

    @Test func resultsOfDifferentHeightsAreRefused() {
        expectRefused(
            "y: f32[1, 8, 8, 16] = x + 1\n    n: f32[16] = b1 * 2", kernel: "pointwise",
            outputs: "y: f32[1, 8, 8, 16], n: f32[16]")
        expectRefused(
            "t: f32[1, 8, 8, 16] = conv2d(x, f1)\n    n: f32[16] = b1 * 2", kernel: "conv2d_direct", outputs: "n: f32[16]")
    }
}
