import Foundation
import GraphModel
import GraphImaging
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

struct EvaluationTests {
    private static func model() throws -> Model { try Model(source: SourceText(smallModel, name: "small.graph"), seed: 1) }

    private func evaluation(
        of names: [String], by convention: EvaluationProtocol = .paper, border: Int? = nil
    ) throws -> (Evaluation, [PictureFiles]) {
        let folder = TemporaryFolder()
        try folder.pictures(names)
        let files = try DataFolder.forEvaluation(folder.path, scale: 2)
        return (try Evaluation(Self.model(), files, by: convention, border: border, threadCount: 2), files)
    }

    /// Each protocol, its channels and its border at a scale of 2; another border takes its place.
    @Test(
        arguments: [
            (.paper, nil, .luma, 2), (.div2k, nil, .rgb, 8), (.rgb, nil, .rgb, 2), (.paper, 0, .luma, 0), (.div2k, 5, .rgb, 5),
        ] as [(EvaluationProtocol, Int?, MetricChannels, Int)])
    func protocolsDiffer(_ convention: EvaluationProtocol, _ given: Int?, _ channels: MetricChannels, _ border: Int) throws {
        let folder = TemporaryFolder()
        try folder.pictures(["one"])
        let files = try DataFolder.forEvaluation(folder.path, scale: 2)
        let evaluation = try Evaluation(Self.model(), files, by: convention, border: given, threadCount: 1)
        let pair = try PicturePair(files[0], scale: 2)
        let expected = try Evaluation.Scores(
            pair.reduced.bicubicEnlargement(scale: 2), truth: pair.truth, on: channels, border: border)
        #expect(evaluation.rows[0].bicubic == expected && evaluation.border == border)
    }

    @Test func eachPictureAndTheirMeanAreNamed() throws {
        let (evaluation, _) = try evaluation(of: ["one", "second"])
        #expect(evaluation.rows.map(\.name) == ["one", "second"])
        let rows = evaluation.rows.map(\.model.psnr)
        #expect(evaluation.mean.model.psnr == (rows[0] + rows[1]) / 2)
        let lines = evaluation.table.split(separator: "\n")
        #expect(lines.map { $0.prefix(8) } == ["        ", "picture ", "one     ", "second  ", "mean    "])
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(evaluation.heading == "x2, border of 2 pixels left out, on Y: protocol paper")
    }

    @Test func theSameAsCSVAndJSON() throws {
        let (evaluation, _) = try evaluation(of: ["one", "a, \"b\""], by: .rgb)
        let lines = evaluation.csv.split(separator: "\n").map(String.init)
        #expect(lines.count == 4 && lines[0] == "picture,psnr,ssim,bicubic_psnr,bicubic_ssim")
        #expect(lines[1].hasPrefix("\"a, \"\"b\"\"\",") && lines[2].hasPrefix("one,") && lines[3].hasPrefix("mean,"))
        let figures = lines[2].split(separator: ",").dropFirst().compactMap { Double($0) }
        #expect(abs(figures[2] - evaluation.rows[1].bicubic.psnr) < 1e-6)

        let json = try JSONSerialization.jsonObject(with: Data(evaluation.json(pictures: "two\npictures").utf8))
        let object = try #require(json as? [String: Any])
        #expect(object["scale"] as? Int == 2 && object["border"] as? Int == 2)
        #expect(object["protocol"] as? String == "rgb" && object["channels"] as? String == "RGB")
        #expect(object["source"] as? String == "two\npictures")
        let pictures = try #require(object["pictures"] as? [[String: Any]])
        #expect(pictures.map { $0["picture"] as? String } == ["a, \"b\"", "one"])
        // Foundation reads numbers to a last digit or two.
        let ssim = try #require(pictures[1]["ssim"] as? Double)
        #expect(abs(ssim - evaluation.rows[1].model.ssim) < 1e-12)
        let mean = try #require((object["mean"] as? [String: Any])?["bicubic_psnr"] as? Double)
        #expect(abs(mean - evaluation.mean.bicubic.psnr) < 1e-12)
    }

    @Test func aRatioWithoutBoundIsNoNumber() throws {
        let folder = TemporaryFolder()
        try Picture(width: 40, height: 40).writePNG(to: folder.path.appending("white.png"))
        let files = try DataFolder.forEvaluation(folder.path, scale: 2)
        let evaluation = try Evaluation(Self.model(), files, threadCount: 1)
        #expect(evaluation.mean.bicubic.psnr == .infinity && evaluation.json(pictures: "").contains("\"bicubic_psnr\": null"))
        #expect(evaluation.csv.contains(",inf,1.000000"))
    }

    @Test func aPictureTooSmallToCompareIsNamed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["tiny"], in: "pictures", width: 12, height: 12)
        let files = try DataFolder.forEvaluation(folder.path.appending("pictures"), scale: 2)
        let text = errorText { _ = try Evaluation(Self.model(), files, threadCount: 1) }
        #expect(text.hasPrefix("\(folder.path)/pictures/tiny.png: 12×12 pixels are too few to compare"))
    }

    @Test func whatDoesNotFitIsSaidBeforeAnythingIsComputed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b"], in: "HR")
        try folder.pictures(["a"], in: "LR", width: 24, height: 20)
        try folder.pictures(["b"], in: "LR", width: 24, height: 19)
        let files = try DataFolder.forEvaluation(folder.path, scale: 2)
        var count = 0
        let text = errorText { _ = try Evaluation(Self.model(), files, threadCount: 1) { count = $0 } }
        #expect(text.hasPrefix("\(folder.path)/LR/b.png: 24×19 pixels are not those of") && count == 0, "\(text)")
    }
}
