import GraphTraining

/// The option of `train` that helps against an error; nil where none does.
func trainingOption(for error: any Error) -> String? {
    guard let error = error as? TrainingError else { return nil }
    return switch error {
    case .unevenPatch(let side, let scale): "--patch \(max(1, side / scale) * scale)"
    case .tooSmallForCrop: "--patch"
    case .instructionSetNotHere: "--instruction-set"
    case .lanes, .ranks: "--lanes"
    case .mixedInstructionSets: "--instruction-set"
    case .learningRate: "--lr"
    case .weightDecay: "--weight-decay"
    case .clipNorm: "--clip-norm"
    case .averageDecay: "--ema"
    case .runExists: "--resume, --out, --overwrite"
    case .noCheckpoint: "--out"
    case .unwritten(_, let checkpoint?): "--resume \(checkpoint)"
    case .interrupted(_, _, let run): "--resume \(run.path)"
    case .otherPictures(_, let run): "--init \(run.lastPath)"
    case .notFinite(_, _, _, let run): "--lr, --clip-norm, --init \(run.lastPath)"
    default: nil
    }
}
