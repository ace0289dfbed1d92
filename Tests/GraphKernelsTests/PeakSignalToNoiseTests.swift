import Foundation
import GraphKernelInterface
import Testing

@Suite struct PeakSignalToNoiseTests {
    private func psnr(_ build: Build, _ a: Rows, _ b: Rows, images: Int, width: Int, channels: Int) -> Float {
        KernelUse(
            name: .psnr,
            geometry: PeakSignalToNoiseGeometry(
                RowGeometry(
                    inputHeight: a.rowCount / images, inputWidth: width, inputChannels: channels, outputHeight: 1,
                    outputWidth: 1, outputChannels: 1, imageCount: images),
                peak: 255),
            inputs: [a, b], outputs: [Rows(rowLength: 1, rowCount: 1)], rowCount: 1
        ).run(build)[0].values[0]
    }

    /// The sum over some places of two pictures.
    private func squaredError(_ x: [Float], _ y: [Float], _ places: Range<Int>) -> Double {
        places.reduce(0) { $0 + pow(Double(x[$1]) - Double(y[$1]), 2) }
    }

    @Test(arguments: Build.runnable)
    func equalsTheFormula(_ build: Build) {
        for (images, height, width, channels) in [(1, 1, 1, 1), (2, 3, 5, 3), (3, 1, 40, 3), (1, 2, 9, 1)] {
            var numbers = Numbers(1)
            let a = numbers.rows(images * height, width * channels, scale: 255)
            let b = numbers.rows(images * height, width * channels, scale: 255)
            let count = height * width * channels
            let (x, y) = (a.values, b.values)
            let ratios = (0..<images).map { n -> Double in
                10 * log10(255 * 255 / (squaredError(x, y, n * count..<(n + 1) * count) / Double(count)))
            }
            let expected = ratios.reduce(0, +) / Double(images)
            let result = psnr(build, a, b, images: images, width: width, channels: channels)
            #expect((Double(result) - expected).magnitude < 1e-5)
        }
    }

    @Test(arguments: Build.runnable)
    func equalImagesHave100Decibels(_ build: Build) {
        var numbers = Numbers(2)
        let a = numbers.rows(2, 12)
        #expect(psnr(build, a, a, images: 2, width: 4, channels: 3) == 100)
    }

    @Test(arguments: Build.runnable, [nil, 0.5] as [Float?])
    func gradientEqualsTheFormula(_ build: Build, _ dy: Float?) {
        for (images, height, width, channels) in [(1, 1, 1, 1), (2, 3, 5, 3), (3, 1, 40, 3)] {
            var numbers = Numbers(1)
            let a = numbers.rows(images * height, width * channels, scale: 255)
            var b = numbers.rows(images * height, width * channels, scale: 255)
            // The last image is equal: its gradient is 0.
            if images > 1 {
                let count = height * b.rowByteCount
                b.bytes.replaceSubrange((images - 1) * count..<images * count, with: a.bytes.suffix(count))
            }
            let use = KernelUse(
                name: .psnrGradient,
                geometry: PeakSignalToNoiseGeometry(
                    RowGeometry(
                        inputHeight: height, inputWidth: width, inputChannels: channels, outputHeight: height,
                        outputWidth: width, outputChannels: channels, imageCount: images),
                    peak: 255, gradientFactor: -2, readsGradient: dy != nil),
                inputs: [a, b] + (dy.map { [Rows([$0], rowLength: 1)] } ?? []),
                outputs: [Rows(rowLength: width * channels, rowCount: images * height)], rowCount: images * height)
            let count = height * width * channels
            let (x, y) = (a.values, b.values)
            let exact = x.indices.map { i in
                let n = i / count
                let error = squaredError(x, y, n * count..<(n + 1) * count)
                var sum = ExactSum()
                if error > 0 {
                    let scale = -20 * -2 * Double(dy ?? 1) / (log(10) * Double(images * count))
                    sum.add(scale * (Double(x[i]) - Double(y[i])) / (error / Double(count)))
                }
                return sum
            }
            let whole = use.run(build)
            expectClose(whole[0].values, exact, relative: 3e-7)
            let rolled = use.runRolling(build, rowsPerCall: 2) { k, rows in k < 2 ? 0..<a.rowCount : nil }
            #expect(rolled == whole)
        }
    }
}
