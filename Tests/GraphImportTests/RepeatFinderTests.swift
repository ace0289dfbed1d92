import GraphIR
import GraphInterchange
import Testing

@testable import GraphImport

/// Lines that follow each other again and again are written as repeats, and read back as they were.
@Suite struct RepeatFinderTests {
    private func filter(_ seed: Int) -> ForeignTensor {
        ForeignTensor(shape: [3, 3, 1, 1], floats: (0..<9).map { Float(($0 * 7 + seed) % 5) - 2 })
    }

    /// Two convolutions a block, a sum behind them, and what went in read again at the end.
    @Test func residualBlocksBecomeARepeat() throws {
        var nodes = [node("Conv", ["x", "head.weight"], ["head"])]
        var tensors = ["head.weight": filter(0)]
        var last = "head"
        for block in 0..<4 {
            nodes += [
                node("Conv", [last, "body.\(block).0.weight"], ["a\(block)"]), node("Relu", ["a\(block)"], ["b\(block)"]),
                node("Conv", ["b\(block)", "body.\(block).1.weight"], ["c\(block)"]),
                node("Add", [last, "c\(block)"], ["d\(block)"]),
            ]
            for layer in 0..<2 { tensors["body.\(block).\(layer).weight"] = filter(2 * block + layer) }
            last = "d\(block)"
        }
        nodes.append(node("Add", [last, "head"]))
        let text = try ForeignNetwork(nodes, tensors: tensors).imported().source.text
        #expect(
            text.contains(
                """
                  head = conv1x1_plain<3>(x) @head
                  h = head
                  repeat i in 0..<4 carry h {
                    b = relu(conv1x1_plain<3>(h) @body.{i}.0)
                    c = conv1x1_plain<3>(b) @body.{i}.1
                    h = h + c
                  }
                  y = h + head
                """), "\(text)")
    }

    /// Numbers of paths may grow by more than one, and repeats stand in repeats.
    @Test func chainsWithinBlocksBecomeRepeatsInARepeat() throws {
        var nodes: [ForeignNode] = []
        var tensors: [String: ForeignTensor] = [:]
        var last = "x"
        for block in 0..<3 {
            let start = last
            for layer in 0..<4 {
                let path = "body.\(block).conv\(2 * layer + 1)"
                tensors["\(path).weight"] = filter(block + layer)
                nodes.append(node("Conv", [last, "\(path).weight"], ["c\(block)_\(layer)"]))
                nodes.append(node("Relu", ["c\(block)_\(layer)"], ["r\(block)_\(layer)"]))
                last = "r\(block)_\(layer)"
            }
            nodes.append(node("Add", [last, start], ["s\(block)"]))
            last = "s\(block)"
        }
        nodes.append(node("Neg", [last]))
        let text = try ForeignNetwork(nodes, tensors: tensors).imported().source.text
        #expect(
            text.contains(
                """
                  h = x
                  repeat j in 0..<3 carry h {
                    h_1 = h
                    repeat i in 0..<4 carry h_1 { h_1 = relu(conv1x1_plain<3>(h_1) @body.{j}.conv{2*i + 1}) }
                    h = h_1 + h
                  }
                  y = -h
                """)
                || text.contains(
                    """
                      h = x
                      repeat j in 0..<3 carry h {
                        h_1 = h
                        repeat i in 0..<4 carry h_1 {
                          h_1 = relu(conv1x1_plain<3>(h_1) @body.{j}.conv{2*i + 1})
                        }
                        h = h_1 + h
                      }
                      y = -h
                    """.replacing("                      ", with: "  ")),
            "\(text)")
    }

    /// What is read behind its block stays outside of a repeat.
    @Test func whatIsReadLaterStaysALine() throws {
        var nodes: [ForeignNode] = []
        var tensors: [String: ForeignTensor] = [:]
        for layer in 0..<6 {
            tensors["l.\(layer).weight"] = filter(layer)
            nodes.append(node("Conv", [layer == 0 ? "x" : "v\(layer - 1)", "l.\(layer).weight"], ["v\(layer)"]))
        }
        nodes.append(node("Add", ["v5", "v1"]))
        let text = try ForeignNetwork(nodes, tensors: tensors).imported().source.text
        #expect(
            text.contains("repeat i in 0..<4 carry h {\n    h = conv1x1_plain<3>(h) @l.{i + 2}\n  }\n  y = h + v1"), "\(text)")
    }
}
