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
              weight f3: f32[3, 3, 16, 32] ~ zeros @f3
              weight f4: f32[3, 3, 8, 4] ~ zeros @f4
              weight c: f32[3, 3, 8, 4] ~ zeros @c
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

    /// The gradients of a convolution of x with f3, a pixel shuffle, and a convolution with f4.
    private let inputGradient = """
        dz: f32[1, 16, 16, 4] = depth_to_space(x, block = 2)
            du: f32[1, 16, 16, 8] = conv2d_input_gradient(dz, f4, height = 16, width = 16)
            dy: f32[1, 8, 8, 32] = space_to_depth(du, block = 2)
            dx: f32[1, 8, 8, 16] = conv2d_input_gradient(dy, f3, height = 8, width = 8)
            
        """
    private let filterGradients = """
        t: f32[1, 8, 8, 32] = conv2d(x, f3)
            u: f32[1, 16, 16, 8] = depth_to_space(t, block = 2)
            dz: f32[1, 16, 16, 4] = depth_to_space(x, block = 2)
            dg: f32[3, 3, 8, 4] = conv2d_filter_gradient(u, dz, height = 3, width = 3)
            du: f32[1, 16, 16, 8] = conv2d_input_gradient(dz, f4, height = 16, width = 16)
            dy: f32[1, 8, 8, 32] = space_to_depth(du, block = 2)
            df: f32[3, 3, 16, 32] = conv2d_filter_gradient(x, dy, height = 3, width = 3)
            
        """

    @Test(arguments: [0, 1])
    func composedGradientsFit(_ which: Int) {
        let report =
            which == 0
            ? refusal(inputGradient, kernel: "conv2d_composed", outputs: "dx: f32[1, 8, 8, 16]")
            : refusal(
                filterGradients, kernel: "conv2d_filter_gradients_composed", outputs: "dg: f32[3, 3, 8, 4], df: f32[3, 3, 16, 32]"
            )
        #expect(report?.contains("fit step") == false && report?.contains("height") == false, "\(report ?? "")")
    }

    @Test func composedGradientsOfWhatLiesBetweenAreRefused() {
        expectRefused(
            inputGradient, kernel: "conv2d_composed", outputs: "dx: f32[1, 8, 8, 16], dy: f32[1, 8, 8, 32]")
        expectRefused(
            filterGradients, kernel: "conv2d_filter_gradients_composed",
            outputs: "dg: f32[3, 3, 8, 4], df: f32[3, 3, 16, 32], u: f32[1, 16, 16, 8]")
    }

    @Test func composedGradientsWithMoreBehindThemAreRefused() {
        expectRefused(
            inputGradient + "r: f32[1, 8, 8, 16] = relu(dx)", kernel: "conv2d_composed", outputs: "r: f32[1, 8, 8, 16]")
        expectRefused(
            filterGradients + "db: f32[32] = sum_to(dy, shape = [32])", kernel: "conv2d_filter_gradients_composed",
            outputs: "dg: f32[3, 3, 8, 4], df: f32[3, 3, 16, 32], db: f32[32]")
    }

    /// The gradient of another filter than the convolution's: smaller, and so with other padding.
    @Test func composedGradientsOfOtherFiltersAreRefused() {
        expectRefused(
            filterGradients.replacing(
                "dg: f32[3, 3, 8, 4] = conv2d_filter_gradient(u, dz, height = 3, width = 3)",
                with: "dg: f32[1, 1, 8, 4] = conv2d_filter_gradient(u, dz, height = 1, width = 1)"),
            kernel: "conv2d_filter_gradients_composed", outputs: "dg: f32[1, 1, 8, 4], df: f32[3, 3, 16, 32]")
    }

    /// The image is the filter: a value of the group where the kernel wants one from memory.
    @Test func composedGradientsOfAFilterFromWithinAreRefused() {
        let report = refusal(
            """
            dz: f32[3, 3, 8, 4] = depth_to_space(c, block = 1)
                du: f32[3, 3, 8, 8] = conv2d_input_gradient(dz, f4, height = 3, width = 8)
                dy: f32[3, 3, 8, 8] = space_to_depth(du, block = 1)
                dx: f32[3, 3, 8, 8] = conv2d_input_gradient(dy, dy, height = 3, width = 8)

            """, kernel: "conv2d_composed", outputs: "dx: f32[3, 3, 8, 8]")
        #expect(report?.contains("does not fit step 's0'") == true, "\(report ?? "it was read")")
    }

    /// The work of composing filters of a size that a file may declare is no overflow.
    @Test func giantComposedGradientsAreNoTrap() {
        let text = """
            stage scheduled

            entry predict m(x: f32[1, 3, 3, 64], z: f32[1, 3, 3, 655360])
                -> (dg: f32[129, 129, 256, 160], df: f32[3, 3, 64, 1048576]) on portable {
              weight f: f32[3, 3, 64, 1048576] ~ zeros @f
              weight g: f32[129, 129, 256, 160] ~ zeros @g
              fuse s0 using conv2d_filter_gradients_composed {
                t: f32[1, 3, 3, 1048576] = conv2d(x, f)
                u: f32[1, 192, 192, 256] = depth_to_space(t, block = 64)
                dz: f32[1, 192, 192, 160] = depth_to_space(z, block = 64)
                dg: f32[129, 129, 256, 160] = conv2d_filter_gradient(u, dz, height = 129, width = 129)
                du: f32[1, 192, 192, 256] = conv2d_input_gradient(dz, g, height = 192, width = 192)
                dy: f32[1, 3, 3, 1048576] = space_to_depth(du, block = 64)
                df: f32[3, 3, 64, 1048576] = conv2d_filter_gradient(x, dy, height = 3, width = 3)
              }
            }
            """
        #expect(throws: (any Error).self) { try readProgram(text) }
    }

    @Test func resultsOfDifferentHeightsAreRefused() {
        expectRefused(
            "y: f32[1, 8, 8, 16] = x + 1\n    n: f32[16] = b1 * 2", kernel: "pointwise",
            outputs: "y: f32[1, 8, 8, 16], n: f32[16]")
        expectRefused(
            "t: f32[1, 8, 8, 16] = conv2d(x, f1)\n    n: f32[16] = b1 * 2", kernel: "conv2d_direct", outputs: "n: f32[16]")
    }
}
