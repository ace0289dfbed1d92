import GraphIR

// swift-format-ignore
/// Every pass of the compiler, in the order in which they run. ``Pipeline`` does what this list says.
///
/// Up to stage `fused` a pass takes each entry of a model, whatever the sizes; from there on one entry, for its sizes.
public let passTable: [StagePasses] = [
    StagePasses(.differentiated, [
        Pass("recognizePools", "no pooling is spelled out over parts of an image", recognizePools),
        Pass("recognizeRepetitions", "no repetition of pixels is spelled out", recognizeRepetitions),
        Pass("recognizeMeans", "no mean over pictures is spelled out in another way", recognizeMeans),
        Pass("recognizeConvolutions", "no product with one matrix is one of matrices", recognizeConvolutions),
        Pass("recognizeDepthwiseConvolutions", "no depthwise convolution is a sum of shifted images",
             recognizeDepthwiseConvolutions),
        Pass("differentiate", "a train entry is a whole training step: gradients and updates", differentiate),
    ]),
    StagePasses(.simplified, untilUnchanged: true, [
        Pass("foldConstants", "what depends on numbers alone is a number; what changes nothing is gone", foldConstants),
        Pass("eliminateCommonSubexpressions", "no two operations are equal",
             eliminateCommonSubexpressions, ensures: \.hasNoEqualOperations),
        Pass("recognizeActivations", "no activation is spelled out that is an op", recognizeActivations),
        Pass("foldScales", "no filter could take a known factor that stands before or behind it", foldScales),
        Pass("foldShifts", "no bias could take a known summand that stands behind it", foldShifts),
        Pass("foldReshapes", "no reshape that fits all sizes reads another", foldReshapes),
        Pass("foldTranspositions", "no matrices are transposed before their product", foldTranspositions),
        Pass("flattenConcatenations", "no concatenation stands in another", flattenConcatenations),
        Pass("sumRowsFirst", "what is summed over an image is summed over each of its rows before", sumRowsFirst),
        Pass("eliminateDeadCode", "every operation, weight, state and scalar is needed",
             eliminateDeadCode, ensures: \.hasNoDeadCode),
    ]),
    StagePasses(.fused, [
        Pass("storeConstants", "what the caller takes, and what is assigned, is no constant", storeConstants,
             ensures: \.storesConstants),
        Pass("fuse", "every operation belongs to a group, which one kernel computes", fuse, ensures: \.hasGroups),
    ]),
    StagePasses(.lowered, [
        bindPass,
        Pass("composeGradients", "two convolutions in a line have the gradients of one",
             under: [.best], composeGradients),
        Pass("composeConvolutions", "convolutions in a line are one where that saves work",
             under: [.best], composeConvolutions),
        Pass("joinBiasGradients", "a bias's gradient is summed with its filter's",
             under: [.best, .separate], joinBiasGradients),
        Pass("chooseKernels", "every group has a kernel", chooseKernels, ensures: \.hasKernels),
        buildStepsPass,
    ]),
    StagePasses(.scheduled, [
        Pass("orderInstructions", "every row is made once, behind the rows that it is made of",
             orderInstructions, proof: PlanVerifier.verifySchedule),
        Pass("chooseInPlaceResults", "a result lies over an operand where nothing else reads that one any more",
             chooseInPlaceResults, proof: PlanVerifier.verifySchedule),
        Pass("fitBuffers", "a buffer keeps the rows that a later instruction reads, and no others",
             fitBuffers, proof: PlanVerifier.verifySchedule),
    ]),
    StagePasses(.planned, [
        Pass("placeBuffers", "buffers that are live at the same time lie apart",
             placeBuffers, proof: PlanVerifier.verifyPlaces),
        deriveDependenciesPass,
    ]),
]

/// What strips of an image are lowered by: with the groups and kernels of the whole image.
func stripPassTable(_ whole: Program) -> [StagePasses] {
    [
        StagePasses(
            .lowered,
            [
                bindPass,
                Pass(
                    "takeGroups", "every group has the kernel that it has for the whole image",
                    refusing: { graph throws(ProgramError) in try graph.arranged(inGroupsOf: whole.graph) },
                    ensures: \.hasKernels),
                buildStepsPass,
            ])
    ]
}

/// The rest of stage `planned` for a program whose buffers have their places.
let dependencyPassTable = [StagePasses(.planned, [deriveDependenciesPass])]

private let deriveDependenciesPass = Pass(
    "deriveDependencies", "every instruction names all on which it depends", deriveDependencies,
    proof: PlanVerifier.verifyDependencies)

private let bindPass = Pass("bind", "every size is a number", bind, ensures: \.hasBoundSizes)

private let buildStepsPass = Pass(
    "buildSteps", "every group has its step on buffers, behind those that make what it reads", buildSteps,
    proof: PlanVerifier.verifySteps)
