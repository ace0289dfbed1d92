import GraphBasics

extension RowSumGeometry {
    /// Bytes of scratch of `sum_rows`.
    public func scratchByteCount(prologue: PointwiseProgram?) -> Int {
        RowSumLayout(rows, prologueByteCount: prologue?.scratchByteCount(channels: rows.inputChannels) ?? 0).byteCount
    }
}

extension ResizeGeometry {
    /// Bytes of scratch of `resize_bicubic`: four weights for each phase, and one row resampled along
    /// the height with two pixels more at both ends.
    public var scratchByteCount: Int {
        weightByteCount + ((rows.inputWidth + 4) * rows.inputChannels * 4).roundedUp(to: 64)
    }

    /// Bytes of scratch of `resize_bicubic_gradient`: four weights for each phase, and one row gathered along the
    /// height.
    public var gradientScratchByteCount: Int {
        weightByteCount + (rows.inputWidth * rows.inputChannels * 4).roundedUp(to: 64)
    }

    /// Bytes of the weights in scratch: four for each phase.
    public var weightByteCount: Int { (factor * 16).roundedUp(to: 64) }
}
