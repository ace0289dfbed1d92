import GraphLanguage
import Testing

@testable import GraphIR

/// Limits on what is only addressed are those of arithmetic; memory has its own.
struct TensorLimitTests {
    private func graph(_ body: String, weights: String = "") throws -> Graph {
        let source = "graph g(x: u8[N, H, W, 3]) -> (y: f32[N, H, W, 256]) {\n\(weights)\ny = \(body)\n}"
        return try #require(try elaborate(Parser.parse(source))[.forward])
    }

    /// The largest value that enlarging by EDSR x4 has, of 30,000 × 20,000 pixels.
    @Test func largePicturesAreAddressed() throws {
        let graph = try graph("conv2d(f32(x), w)", weights: "weight w: f32[3, 3, 3, 256] ~ zeros")
        let bound = try graph.bound(to: ["N": 1, "H": 40_000, "W": 60_000])
        #expect(bound[bound.outputs[0].value].type.shape.constant == [1, 40_000, 60_000, 256])
    }

    @Test func productsOfSizesAreCheckedForOverflow() throws {
        let images = try graph("conv2d(f32(x), w)", weights: "weight w: f32[3, 3, 3, 256] ~ zeros")
        for sizes in [[1, 1 << 17, 1 << 17], [1 << 40, 1 << 40, 1 << 40], [1 << 32, 1 << 32, 1]] {
            #expect(throws: NodeError.self) { try images.bound(to: ["N": sizes[0], "H": sizes[1], "W": sizes[2]]) }
        }
        // Narrow rows take whole cache lines.
        let narrow = try graph("sum(f32(x), axes = [3], keep_dims = true) * w", weights: "weight w: f32[256] ~ zeros")
        #expect(throws: NodeError.self) { try narrow.bound(to: ["N": 1 << 21, "H": 1 << 21, "W": 1]) }
    }

    @Test func theWorkOfAConvolutionIsBounded() throws {
        let graph = try graph("conv2d(f32(x), w)", weights: "weight w: f32[255, 255, 3, 256] ~ zeros")
        _ = try graph.bound(to: ["N": 1, "H": 100, "W": 100])
        #expect { try graph.bound(to: ["N": 1, "H": 60_000, "W": 60_000]) } throws: {
            "\($0)".contains("conv2d multiplies and adds at most 2^56 times")
        }
    }
}
