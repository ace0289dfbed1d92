import Foundation
import GraphBasics
import GraphTestSupport
import Testing
@testable import GraphImaging

@Suite struct LineChartTests {
    func chart(_ values: [[Double]], title: String = "history") throws -> String {
        let series = values.enumerated().map { index, values in
            LineChart.Series(
                name: "series \(index)",
                points: values.enumerated().map { .init(x: Double($0.offset + 1), y: $0.element) })
        }
        return try LineChart(
            title: title, horizontalLabel: "epoch", panels: [.init(label: "PSNR (dB)", series: series)]
        ).svg()
    }

    func count(_ element: String, in svg: String) -> Int { svg.components(separatedBy: "<\(element) ").count - 1 }

    @Test func curves() throws {
        let svg = try chart([[20, 30, 25], [21, 22, 23]])
        #expect(count("polyline", in: svg) == 2)
        // The left edge, the middle and the right edge; 6% of the span is left free above and below.
        #expect(svg.contains(#"points="72.0,311.1 452.0,96.9 832.0,204.0""#))
        for label in ["history", "epoch", "PSNR (dB)", "series 0", "series 1", ">20<", ">30<"] {
            #expect(svg.contains(label), "\(label)")
        }
    }

    @Test("Values that are not finite leave a gap; a value alone is a dot")
    func gaps() throws {
        let svg = try chart([[1, 2, .nan, 3, .infinity, 5, 6]])
        #expect(count("polyline", in: svg) == 2)
        #expect(count("circle", in: svg) == 1)
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test(
        "Text is escaped, and the file is well-formed",
        arguments: [[], [[]], [[5]], [[2, 2, 2]], [[1e30, 1]], [[-1e-9, 1e-9]]])
    func wellFormed(values: [[Double]]) throws {
        let svg = try chart(values, title: "a < b & \"c\"")
        #expect(svg.contains("a &lt; b &amp; \"c\""))
        #expect(svg.components(separatedBy: "<text").count == svg.components(separatedBy: "</text>").count)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    }

    @Test func file() throws {
        let folder = TemporaryFolder()
        let chart = LineChart(title: "t", horizontalLabel: "x", panels: [])
        try chart.writeSVG(to: folder.file("chart.svg"))
        #expect(try String(contentsOfFile: folder.file("chart.svg").string, encoding: .utf8) == chart.svg())
        #expect(folder.names == ["chart.svg"])
        #expect(throws: ImageError.self) { try chart.writeSVG(to: folder.file("none/chart.svg")) }
    }

    @Test func aFooterIsPartOfTheFile() throws {
        let footer = Picture(syntheticWidth: 43, height: 17, seed: 4)
        let svg = try LineChart(title: "t", horizontalLabel: "x", panels: [], footer: footer).svg()
        #expect(svg.contains(#"viewBox="0 0 860.0 432.0""#))
        let start = try #require(svg.range(of: "data:image/png;base64,")).upperBound
        let encoded = svg[start...].prefix { $0 != "\"" }
        let folder = TemporaryFolder()
        try #require(Data(base64Encoded: String(encoded))).write(to: URL(fileURLWithPath: folder.file("footer.png").string))
        #expect(try Picture(contentsOf: folder.file("footer.png")) == footer)
    }

    @Test(
        "Ticks are round and few",
        arguments: [
            ([0, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]), ([1, 50], ["10", "20", "30", "40", "50"]),
            ([-3, 4], ["-3", "-2", "-1", "0", "1", "2", "3", "4"]),
            ([26.4149, 26.4451], ["26.415", "26.420", "26.425", "26.430", "26.435", "26.440", "26.445"]),
            ([0, 10000], ["0", "2000", "4000", "6000", "8000", "10000"]),
        ])
    func ticks(values: [Double], expected: [String]) {
        let axis = Axis(values: values, padded: false, from: 0, to: 100)
        #expect(axis.ticks.map(axis.text) == expected)
    }

    /// The vectors of RFC 4648, section 10, and the two letters that are neither letters nor digits.
    @Test func bytesBecomeBase64() {
        let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
        for (count, text) in expected.enumerated() { #expect(base64(Array("foobar".utf8.prefix(count))) == text) }
        #expect(base64([0xFB, 0xFF]) == "+/8=")
    }

    @Test func decimals() {
        #expect(decimal(1.005, digits: 1) == "1.0")
        #expect(decimal(-0.04, digits: 1) == "0.0")
        #expect(decimal(-2.5, digits: 0) == "-3")
        #expect(decimal(28.4165, digits: 2) == "28.42")
        #expect(decimal(0.05, digits: 3) == "0.050")
        #expect(decimal(.infinity, digits: 2) == "inf")
        #expect(decimal(.nan, digits: 2) == "nan")
    }
}
