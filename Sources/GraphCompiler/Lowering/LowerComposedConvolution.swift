import GraphBasics
import GraphIR
import GraphKernelInterface

/// Convolutions one after the other, with nothing between but biases and pixel shuffles, as one convolution.
///
/// Its filters are made of theirs, in `predict` when weights are bound: from the last convolution to the first, one step
/// composes what it has with the convolution before.
func lowerComposedConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard analysis.gather.isEmpty, analysis.hasFurtherOperations, let chain = ConvolutionChain(analysis),
        var last = chain.convolutions.last,
        analysis.results == [analysis.group.members[analysis.group.members.count - 1]],
        let epilogue = analysis.program(chain.epilogue, source: last.result, results: analysis.results),
        // The kernel runs it on the pixels of a block side by side, before they are shuffled.
        epilogue.program.operands.dropFirst().allSatisfy(\.spread.isSameForAllRows)
    else { return nil }
    var filters = Lowering.Input.packed(last.filter, last.geometry)
    let channels = last.geometry.outputChannels / (last.geometry.shuffleBlock * last.geometry.shuffleBlock)
    for (place, convolution) in chain.convolutions.enumerated().dropLast().reversed() {
        let isInner = place + 2 < chain.convolutions.count
        guard
            let geometry = ComposedFilterGeometry(
                convolution.geometry, hasBias: convolution.bias != nil, then: last.geometry,
                nextHasBias: !isInner && last.bias != nil, channels: channels, nextIsComposed: isInner)
        else { return nil }
        filters = .composed(
            convolution.filter, then: filters, biases: [convolution.bias, isInner ? nil : last.bias], geometry,
            suffix: "_\(place)")
        last.geometry = convolution.geometry.composed(geometry)
    }
    return composedConvolution(
        [.value(chain.source), filters] + epilogue.operands.map { .value($0) }, results: analysis.results,
        last.geometry, epilogue: epilogue.program)
}

/// A call of `conv2d_composed` with its image and its filters.
func composedConvolution(
    _ inputs: [Lowering.Input], results: [ValueID], _ geometry: ConvolutionGeometry, epilogue: PointwiseProgram?
) -> Lowering {
    let rowOperations = geometry.packedFilterByteCount / 2 * geometry.outputWidth
    return Lowering(
        inputs: inputs, results: results, geometry: .convolution(geometry), epilogue: epilogue, epilogueFirstInput: 2,
        rowUnit: geometry.shuffleBlock, operationsPerRow: max(1, rowOperations / geometry.shuffleBlock),
        scratchByteCount: geometry.composedScratchByteCount(epilogue: epilogue))
}

extension Lowering.Input {
    /// A filter as the direct convolution reads it.
    static func packed(_ filter: ValueID, _ geometry: ConvolutionGeometry) -> Lowering.Input {
        .made(
            AuxiliaryStep(
                kernel: .packFilter, role: .packedFilter, sources: [.value(filter)], geometry: .convolution(geometry),
                rowElementCount: geometry.packedFilterByteCount / 4, suffix: "pack", resultSuffix: "filter"))
    }

    /// A filter composed with what follows.
    ///
    /// A task makes the four sets of borders that share left and right, and with them most of their sums.
    static func composed(
        _ filter: ValueID, then next: Lowering.Input, biases: [ValueID?], _ geometry: ComposedFilterGeometry,
        suffix: String = ""
    ) -> Lowering.Input {
        .made(
            AuxiliaryStep(
                kernel: .composeFilters, role: .packedFilter,
                sources: [.value(filter), next] + biases.compactMap { $0 }.map { .value($0) },
                geometry: .composedFilter(geometry), rowCount: ImageBorders.setCount,
                rowElementCount: geometry.rowElementCount, suffix: "compose\(suffix)", resultSuffix: "composed\(suffix)",
                rowsPerTask: 4, operationsPerRow: geometry.operationCount,
                scratchByteCount: geometry.scratchByteCount))
    }
}

/// The members of a group as convolutions, each reading the result of the one before.
private struct ConvolutionChain {
    struct Convolution {
        var filter: ValueID
        var bias: ValueID?
        /// With the pixel shuffle behind it.
        var geometry: ConvolutionGeometry
        var result: ValueID
    }

    let source: ValueID
    private(set) var convolutions: [Convolution] = []
    /// Pointwise operations behind the last convolution, its bias and its pixel shuffle.
    private(set) var epilogue: [ValueID] = []

    /// nil when something else stands between convolutions, or one is of another kind than `conv2d_composed` computes.
    init?(_ analysis: GroupAnalysis) {
        let graph = analysis.graph
        guard let first = analysis.anchorOperation?.operands.first, graph[first].type.element == .f32,
            analysis.prologue.isEmpty
        else { return nil }
        source = first
        var current = first
        for member in analysis.group.members {
            guard let operation = graph[member].operation else { return nil }
            if operation.op == .conv2D {
                guard operation.operands[0] == current, operation.operands[1] != current, epilogue.isEmpty,
                    let geometry = composableGeometry(
                        input: analysis.shape(operation.operands[0]), filter: analysis.shape(operation.operands[1]),
                        output: analysis.shape(member), operation.attributes)
                else { return nil }
                convolutions.append(
                    Convolution(filter: operation.operands[1], bias: nil, geometry: geometry, result: member))
                current = member
                continue
            }
            // Nothing stands before the first convolution.
            guard let last = convolutions.indices.last else { return nil }
            let awaitsBias =
                convolutions[last].bias == nil && convolutions[last].geometry.shuffleBlock == 1 && epilogue.isEmpty
            if operation.op == .depthToSpace {
                guard operation.operands[0] == current, epilogue.isEmpty, convolutions[last].geometry.shuffleBlock == 1 else {
                    return nil
                }
                convolutions[last].geometry.shuffleBlock = operation.attributes.integer("block")
                convolutions[last].result = member
            } else if awaitsBias, let bias = graph.bias(operation, of: current) {
                convolutions[last].bias = bias
                convolutions[last].result = member
            } else {
                guard analysis.epilogue.contains(member), graph[member].type.shape == graph[current].type.shape else {
                    return nil
                }
                epilogue.append(member)
            }
            current = member
        }
        let weights = convolutions.map(\.filter) + convolutions.compactMap(\.bias)
        guard convolutions.count > 1 else { return nil }
        let dependsOnWeightsAlone = graph.weightClosure()
        guard weights.allSatisfy({ dependsOnWeightsAlone[$0.index] }) else { return nil }
    }
}

/// The geometry of a convolution of stride 1, one group and no dilation, with a square filter and as much padding as keeps
/// the image's size.
func composableGeometry(
    input: [Int], filter: [Int], output: [Int], _ attributes: Attributes
) -> ConvolutionGeometry? {
    let geometry = convolutionGeometry(input: input, filter: filter, output: output, attributes, isRotated: false)
    let size = geometry.filterHeight
    guard geometry.stride == 1, geometry.hasConnectedTaps, geometry.filterWidth == size, size % 2 == 1,
        geometry.padTop == size / 2,
        geometry.padLeft == size / 2, geometry.outputHeight == geometry.inputHeight,
        geometry.outputWidth == geometry.inputWidth, geometry.inputChannels % 4 == 0
    else { return nil }
    return geometry
}

extension Graph {
    /// A vector that an operation adds to each pixel of `value`; nil when it does something else.
    func bias(_ operation: Operation, of value: ValueID) -> ValueID? {
        guard operation.op == .add, let place = operation.operands.firstIndex(of: value) else { return nil }
        let other = operation.operands[1 - place]
        return boundShape(other) == boundShape(value).suffix(1) ? other : nil
    }
}

extension ConvolutionGeometry {
    /// The convolution and what follows as one.
    func composed(_ composition: ComposedFilterGeometry) -> ConvolutionGeometry {
        var composed = self
        composed.filterHeight = composition.composedFilterSize
        composed.filterWidth = composition.composedFilterSize
        composed.padTop = composition.composedFilterSize / 2
        composed.padLeft = composition.composedFilterSize / 2
        composed.outputChannels = composition.outputChannels
        composed.shuffleBlock = composition.composedShuffleBlock
        return composed
    }
}

extension ComposedFilterGeometry {
    /// nil where what follows reads farther than one pixel beside its own pixel's block, or filters are too large.
    init?(
        _ geometry: ConvolutionGeometry, hasBias: Bool, then next: ConvolutionGeometry, nextHasBias: Bool,
        channels: Int, nextIsComposed: Bool
    ) {
        guard next.filterHeight / 2 <= geometry.shuffleBlock else { return nil }
        self.init(
            height: geometry.inputHeight, width: geometry.inputWidth, filterSize: geometry.filterHeight,
            inputChannels: geometry.inputChannels, shuffleBlock: geometry.shuffleBlock,
            nextFilterSize: next.filterHeight, nextInputChannels: next.inputChannels,
            nextShuffleBlock: next.shuffleBlock, nextIsComposed: nextIsComposed, channels: channels, hasBias: hasBias,
            nextHasBias: nextHasBias)
        // The filters for all borders hold no more than a weight may.
        let (count, overflow) = (composedFilterSize * composedFilterSize * inputChannels)
            .multipliedReportingOverflow(by: outputChannels.roundedUp(to: 8))
        guard !overflow, count <= TensorLimits.elementCount / ImageBorders.setCount else { return nil }
    }
}
