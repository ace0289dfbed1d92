// From the text of a graph to a program, and from the program to a session that runs it on arrays.
import GraphC

let text = """
    graph edges(image: f32[N, H, W, 1]) -> (strength: f32[N, H, W, 1]) {
      weight filter: f32[3, 3, 1, 1] ~ zeros @filter
      strength = abs(conv2d(image, filter, pad = same))
    }
    """

// Every mistake of the text is told at once, each with its line and column.
let model: Model
do {
    model = try Model(source: SourceText(text, name: "edges.graph"))
} catch {
    print(error)
    throw error
}
// Laplace's filter.
try model.parameters.setValues([0, 1, 0, 1, -4, 1, 0, 1, 0], of: "filter")

// With sizes bound an entry becomes a program: kernels in a fixed order, on memory planned ahead.
let entry = try model.entry(.forward)
let program = try Pipeline.plan(entry, sizes: ["N": 1, "H": 4, "W": 6], PlanOptions(.best)).program
print("\(program.steps.count) steps, \(program.arenaByteCount) bytes of activations")

// A session runs it as often as one likes, and allocates no more.
let session = try Session(program, parameters: model.parameters, threadCount: 2)
let image: [Float] = [
    0, 0, 0, 0, 0, 0,
    0, 9, 9, 9, 0, 0,
    0, 9, 9, 9, 0, 0,
    0, 0, 0, 0, 0, 0,
]
let strength = TensorSink<Float>(count: image.count, repeating: 0)
try session.run(inputs: ["image": TensorSource(image)], outputs: ["strength": strength])
for row in stride(from: 0, to: image.count, by: 6) {
    print(strength.values[row..<row + 6].map { String(Int($0)) }.joined(separator: " "))
}
