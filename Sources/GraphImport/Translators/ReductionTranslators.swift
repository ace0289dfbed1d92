import GraphIR
import GraphInterchange

/// What makes one number of many.
let reductionTranslators: [String: Translator] = [:]
