// Trains a small network for a moment on pictures that it makes itself, and enlarges one of them with it.
import GraphC

try makeSamplePictures(in: "pictures", count: 4, width: 96, height: 96, seed: 1)

let text = """
    graph small(lr: u8[N, H, W, 3]) -> (sr: f32[N, 2*H, 2*W, 3]) {
      h = relu(conv3x3<8>(f32(lr) / 255) @first)
      sr = 255 * depth_to_space(conv3x3<12>(h) @last, block = 2)
    }
    block conv3x3<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
      weight filter: f32[3, 3, C, out] ~ glorot_uniform
      weight bias: f32[out] ~ zeros
      y = conv2d(x, filter, pad = same) + bias
    }
    train small(hr: u8[N, 2*H, 2*W, 3]) { loss mae = mean(abs(sr - f32(hr))) }
    predict small -> (image: u8[N, 2*H, 2*W, 3]) { image = u8(round(clip(sr, 0, 255))) }
    """
var recipe = Recipe()
recipe.epochCount = 2
recipe.stepsPerEpoch = 30
recipe.batchCount = 4
recipe.patchSide = 32
recipe.learningRate = LearningRate(base: 0.01)

let folder = try RunFolder("run", overwriting: true)
let model = try Model(source: SourceText(text, name: "small.graph"))
let start = try Checkpoint(beginning: model, recipe, dataPaths: ["pictures"])
let run = try TrainingRun(start, data: TrainingData(["pictures"], scale: 2), RunOptions(), folder: folder)
let end = try run.run { event in
    if case .epoch(let epoch) = event { print("\(epoch.validationPSNR) dB, bicubic \(epoch.bicubicPSNR)") }
}
print(end)

// The best epoch's weights.
let trained = try Model(contentsOf: folder.bestPath)
var percent = 0
let observer = RunObserver(
    progress: { percent = 100 * $0.rowsDone / $0.rowCount },
    isCancelled: { Task.isCancelled })
do {
    try trained.enlarge("pictures/0001.png", to: "large.png", observer: observer)
} catch {
    print(error == .cancelled ? "there is no large.png" : error.description)
}
let large = try Picture(contentsOf: "large.png")
print("\(large.width) × \(large.height) pixels, \(percent) %")
