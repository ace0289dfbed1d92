/// A face of the convolution whose rows need a window of the rows of operand 0, and all of operand 1, the filter.
protocol ConvolutionByWindows: Op {
    /// The window along one axis, of which the filter has `filterSize` taps and the padding is `padding` in front.
    func window(filterSize: Int, padding: Int, stride: Int) -> RowMap
}

extension ConvolutionByWindows {
    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        windows(operand, shapes, attributes)?.rows ?? .all
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        windows(operand, shapes, attributes)?.columns ?? .all
    }

    private func windows(
        _ operand: Int, _ shapes: BoundShapes, _ attributes: Attributes
    ) -> (rows: RowMap, columns: RowMap)? {
        guard operand == 0 else { return nil }
        let filter = shapes.operands[1], stride = attributes.integer("stride")
        let padding = ConvolutionPadding(attributes, filterHeight: filter[0], filterWidth: filter[1])
        return (
            window(filterSize: filter[0], padding: padding.top, stride: stride),
            window(filterSize: filter[1], padding: padding.left, stride: stride)
        )
    }
}
