/// A face of the convolution whose rows need a window of the rows of operand 0, and all of operand 1, the filter.
protocol ConvolutionByWindows: Op {
    /// The window along one axis, of which the filter reaches over `reach` and the padding is `padding` in front.
    func window(reach: Int, padding: Int, stride: Int) -> RowMap
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
            window(reach: Convolution.reach(filter[0], attributes), padding: padding.top, stride: stride),
            window(reach: Convolution.reach(filter[1], attributes), padding: padding.left, stride: stride)
        )
    }
}
