import GraphBasics

/// A run's events as lines of JSON, for programs: an object with `event` and what belongs to it.
extension TrainingEvent {
    /// Without a line end; nil for what only people want to see.
    public var json: String? {
        switch self {
        case .decoding: nil
        case .ready(let setUp):
            line([
                ("event", .text("ready")), ("sources", .text(setUp.sources.joined(separator: "\n"))),
                ("training_pictures", .number(Double(setUp.trainingPictureCount))),
                ("validation_pictures", .number(Double(setUp.validationPictureCount))),
                ("weights", .number(Double(setUp.weightCount))), ("validation", .text(setUp.validation)),
                ("bicubic_psnr", .number(setUp.bicubicPSNR)), ("first_step", .number(Double(setUp.firstStep))),
            ])
        case .step(let progress):
            line([("event", .text("step"))] + fields(of: progress))
        case .epoch(let epoch):
            line(
                [("event", .text("epoch"))] + fields(of: epoch.progress) + [
                    ("gradient_norm", .number(epoch.gradientNorm)), ("validation_psnr", .number(epoch.validationPSNR)),
                    ("bicubic_psnr", .number(epoch.bicubicPSNR)), ("best", .flag(epoch.isBest)),
                    ("seconds_waiting_for_data", .number(epoch.progress.times.secondsWaitingForData)),
                    ("validation_seconds", .number(epoch.progress.times.validationSeconds)),
                ])
        case .saved(let step): line([("event", .text("saved")), ("step", .number(Double(step)))])
        case .note, .smallCache, .otherRates, .otherInstructionSet, .madeAgain, .bestLost, .notFinite:
            line([("event", .text("note")), ("text", .text(note ?? ""))])
        }
    }

    private func fields(of progress: TrainingProgress) -> [(String, JSONScalar)] {
        [
            ("epoch", .number(Double(progress.epoch))),
            ("step", .number(Double((progress.epoch - 1) * progress.stepsPerEpoch + progress.step))),
            ("learning_rate", .number(Double("\(progress.learningRate)") ?? .nan)),
        ] + zip(progress.measures, progress.means).map { ($0.name, .number($1)) }
            + [("seconds_per_step", .number(progress.times.secondsPerStep))]
    }

    private func line(_ fields: [(String, JSONScalar)]) -> String {
        "{" + fields.map { "\(jsonString($0)): \($1)" }.joined(separator: ", ") + "}"
    }
}

extension TrainingRun.End {
    /// The last line of a run.
    public var json: String { "{\"event\": \"end\", \"reason\": \"\(rawValue)\"}" }
}

private enum JSONScalar: CustomStringConvertible {
    case number(Double)
    case text(String)
    case flag(Bool)

    /// RFC 8259; a number that is not finite is null.
    var description: String {
        switch self {
        case .number(let number):
            if !number.isFinite { "null" } else { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
        case .flag(let flag): "\(flag)"
        case .text(let text): jsonString(text)
        }
    }
}
