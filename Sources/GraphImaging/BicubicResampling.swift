extension Picture {
    /// Resamples columns, rounds to whole values, and resamples rows, as MATLAB does for equal scales.
    func bicubicResampling(width newWidth: Int, height newHeight: Int, scale: Double) -> Picture {
        bicubicResampling(
            rows: BicubicTaps(inputLength: height, outputs: 0..<newHeight, scale: scale), countedFrom: 0,
            columns: BicubicTaps(inputLength: width, outputs: 0..<newWidth, scale: scale))
    }

    /// - Parameter firstRow: where this picture begins among the rows whose positions the taps name.
    func bicubicResampling(rows: BicubicTaps, countedFrom firstRow: Int, columns: BicubicTaps) -> Picture {
        var result: [UInt8] = []
        result.reserveCapacity(3 * columns.outputCount * rows.outputCount)
        var sums = [Double](repeating: 0, count: rowStride)
        for y in 0..<rows.outputCount {
            sumRows(of: y, rows, countedFrom: firstRow, into: &sums)
            for i in sums.indices { sums[i] = Double(wholeSample(sums[i])) }
            appendColumns(of: sums, columns, to: &result)
        }
        return Picture(width: columns.outputCount, height: rows.outputCount, pixels: result)
    }

    private func sumRows(of y: Int, _ taps: BicubicTaps, countedFrom firstRow: Int, into sums: inout [Double]) {
        for i in sums.indices { sums[i] = 0 }
        for tap in y * taps.count..<(y + 1) * taps.count where taps.weights[tap] != 0 {
            let weight = taps.weights[tap]
            let first = (taps.positions[tap] - firstRow) * rowStride
            for i in 0..<rowStride { sums[i] += weight * Double(pixels[first + i]) }
        }
    }
}

private func appendColumns(of row: [Double], _ taps: BicubicTaps, to result: inout [UInt8]) {
    for x in 0..<taps.outputCount {
        var red = 0.0, green = 0.0, blue = 0.0
        for tap in x * taps.count..<(x + 1) * taps.count {
            let weight = taps.weights[tap]
            let first = 3 * taps.positions[tap]
            red += weight * row[first]
            green += weight * row[first + 1]
            blue += weight * row[first + 2]
        }
        result.append(wholeSample(red))
        result.append(wholeSample(green))
        result.append(wholeSample(blue))
    }
}

/// Rounded half away from zero and cut to 0…255, as MATLAB converts to `uint8`.
private func wholeSample(_ value: Double) -> UInt8 {
    UInt8(max(0, min(255, value + 0.5)))
}
