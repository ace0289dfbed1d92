import GraphKernelInterface
import Testing

@Suite struct FilterPackingTests {
    @Test(arguments: Build.runnable, [1, 3, 8, 9, 16, 17, 24, 25, 40])
    func laysOutBlocksOf16(_ build: Build, _ outputChannels: Int) {
        let shape = ConvolutionCase(inputChannels: 3, outputChannels: outputChannels, filterHeight: 2, filterWidth: 3)
        let data = ConvolutionData(shape)
        let filter = data.filter.values
        var expected: [Float] = []
        var first = 0
        while first < outputChannels {
            let width = outputChannels - first <= 8 ? 8 : 16
            for tap in 0..<6 {
                for i in 0..<3 {
                    for o in first..<first + width {
                        expected.append(o < outputChannels ? filter[(tap * 3 + i) * outputChannels + o] : 0)
                    }
                }
            }
            first += width
        }
        #expect(data.packedFilter(build).values == expected)
    }
}
