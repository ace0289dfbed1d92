import GraphIR
import GraphKernelInterface

/// The poolings and their gradients.
func lowerPooling(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation, analysis.group.members.count == 1,
        operation.operands.allSatisfy({ analysis.graph.constant($0) == nil })
    else { return nil }
    let isGradient = operation.op == .maxPoolGradient || operation.op == .averagePoolGradient
    let result = ImageShape(analysis.shape(anchor)), operand = ImageShape(analysis.shape(operation.operands[0]))
    let (image, pooled) = isGradient ? (result, operand) : (operand, result)
    let window = operation.attributes.integers("size"), stride = operation.attributes.integers("stride")
    let padding = ConvolutionPadding(operation.attributes, filterHeight: window[0], filterWidth: window[1])
    let geometry = PoolingGeometry(
        height: image.height, width: image.width, pooledHeight: pooled.height, pooledWidth: pooled.width,
        channels: image.channels, windowHeight: window[0], windowWidth: window[1], strideHeight: stride[0],
        strideWidth: stride[1], top: padding.top, left: padding.left,
        countsPadding: operation.attributes["count_pad"] == .truth(true))
    let rowLength = pooled.width * pooled.channels
    return Lowering(
        inputs: operation.operands.map { .value($0) }, results: [anchor], geometry: .pooling(geometry),
        operationsPerRow: rowLength * (Lowering.operationsPerCopy + 4 * window[0] * window[1]),
        scratchByteCount: geometry.scratchByteCount)
}
