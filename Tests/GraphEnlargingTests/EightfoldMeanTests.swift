import GraphImaging
import GraphModel
import GraphRuntime
import Testing

@testable import GraphEnlarging

/// The mean of a picture's eight flips and turns through a network.
struct EightfoldMeanTests {
    private let picture = SmallModels.picture(7, 4)

    /// A network that adds to each sample what depends on its row: each orientation adds something else.
    @Test func eachResultIsTurnedBack() throws {
        let size = picture.size
        let mean = try EightfoldMean(TensorSource(picture.pixels.map(Float.init)), size: size, scale: 1)
        for orientation in Orientation.allCases {
            let turned = orientation.uprightSize(of: size)
            #expect(mean.size(orientation) == turned)
            let source = mean.source(orientation), sink = mean.sink(orientation)
            var row = [Float](repeating: 0, count: 3 * turned.width)
            for y in 0..<turned.height {
                try row.withUnsafeMutableBytes { try source.fill(row: y, into: $0) }
                for index in row.indices { row[index] += Float(y) / 4 }
                try row.withUnsafeBytes { try sink.take(row: y, from: $0) }
            }
        }
        let result = TensorSink<Float>(count: picture.pixels.count, repeating: 0)
        try mean.handOut(to: result)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let added = Orientation.allCases.map { Float($0.uprightPlace(x: x, y: y, in: size).y) / 4 }.reduce(0, +) / 8
                for channel in 0..<3 {
                    let index = 3 * (y * size.width + x) + channel
                    #expect(result.values[index] == Float(picture.pixels[index]) + added)
                }
            }
        }
    }

    @Test(arguments: [Border.mirror, .zero])
    func theResultIsTheMeanOfEightRuns(_ border: Border) throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2, border: border)
        let result = try enlarger.enlarged(picture, form: ResultForm(isEnsemble: true))
        var sums = [Int](repeating: 0, count: result.pixels.count)
        for turn in 0..<4 {
            for isMirrored in [false, true] {
                let turned = (isMirrored ? picture.mirrored() : picture).rotated(quarterRotations: turn)
                let back = try enlarger.enlarged(turned).rotated(quarterRotations: -turn)
                for (index, sample) in (isMirrored ? back.mirrored() : back).pixels.enumerated() { sums[index] += Int(sample) }
            }
        }
        // Each of them is rounded, the mean but once.
        #expect(zip(result.pixels, sums).allSatisfy { abs(Double($0) - Double($1) / 8) <= 1 })
        #expect(try result != enlarger.enlarged(picture))
    }

    @Test func aTurnedPictureGivesTheTurnedResult() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let form = ResultForm(isEnsemble: true)
        let result = try enlarger.enlarged(picture, form: form)
        for turn in 0..<4 {
            #expect(
                try enlarger.enlarged(picture.rotated(quarterRotations: turn), form: form)
                    == result.rotated(quarterRotations: turn))
            #expect(
                try enlarger.enlarged(picture.mirrored().rotated(quarterRotations: turn), form: form)
                    == result.mirrored().rotated(quarterRotations: turn))
        }
    }

    /// Files of opaque and of soft pictures, within a limit that cuts them into strips as without one.
    @Test func filesAndStripsGiveTheSame() throws {
        let model = try Model(source: SmallModels.sharp)
        let wide = SmallModels.picture(700, 5)
        let form = ResultForm(isEnsemble: true)
        let enlarger = try PictureEnlarger(model, threadCount: 2)
        let result = try enlarger.enlarged(wide, form: form)
        #expect(try Picture(file: enlarger.enlarged(file: wide.pngBytes(), form: form)) == result)
        let sizes = try ResultSizes(of: wide.size, form, networkScale: 2)
        let program = try model.enlargingPlan(
            model.floatPredictEntry(), Enlargement(model), height: 17, width: 712, threadCount: 2, bands: .rows(4),
            memoryLimit: nil, otherByteCount: 0, algorithm: .best
        ).plan.program
        let limit = model.residentByteCount + sizes.byteCount + program.byteCount(threadCount: 2) - program.arenaByteCount / 3
        let narrow = try PictureEnlarger(model, threadCount: 2, memoryLimit: limit)
        let (report, bytes) = try narrow.enlarge(PictureSource(wide.pngBytes()), to: .memory, form: form)
        #expect(report.plan.stripCount > 1)
        #expect(try Picture(file: bytes) == result)
    }
}
