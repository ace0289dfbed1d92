import GraphBasics
import GraphImaging

/// An evaluation as text.
extension Evaluation {
    /// What the figures are: scale, border, channels and the convention's name.
    public var heading: String {
        "x\(scale), border of \(readable(count: border, "pixel")) left out, on \(channels): protocol \(convention.rawValue)"
            + (isEnsemble ? ", mean of eight flips and turns" : "")
            + (degradation.isEmpty ? "" : ", pictures degraded by \(degradation)")
    }

    /// Aligned columns for people: a line for each picture and one for the mean.
    public var table: String {
        let names = (rows + [mean]).map(\.name.shown)
        let width = max(7, names.map(\.count).max() ?? 0)
        func line(_ name: String, _ cells: [String], width cellWidth: Int = 9) -> String {
            name + String(repeating: " ", count: width - name.count)
                + cells.map { String(repeating: " ", count: max(1, cellWidth - $0.count)) + $0 }.joined() + "\n"
        }
        let body = (rows + [mean]).map { row in
            line(
                row.name.shown,
                [
                    decimal(row.model.psnr, digits: 2), decimal(row.bicubic.psnr, digits: 2),
                    decimal(row.model.ssim, digits: 4), decimal(row.bicubic.ssim, digits: 4),
                ])
        }
        return line("", ["PSNR dB", "SSIM"], width: 18) + line("picture", ["model", "bicubic", "model", "bicubic"])
            + body.joined()
    }

    /// Comma-separated values (RFC 4180, with line feeds): a line for each picture, the mean last.
    public var csv: String {
        let lines = (rows + [mean]).map { row in
            ([csvField(row.name.shown)] + row.figures.map { decimal($0.value, digits: 6) }).joined(separator: ",")
        }
        return ((["picture"] + mean.figures.map(\.name)).joined(separator: ",")) + "\n" + lines.joined(separator: "\n") + "\n"
    }

    /// One JSON object; a PSNR that is infinite is null.
    ///
    /// - Parameter pictures: where the pictures come from, in words.
    public func json(pictures: String) -> String {
        func object(_ row: Row) -> String {
            let figures = row.figures.map { "\(jsonString($0.name)): \($0.value.isFinite ? "\($0.value)" : "null")" }
            return "{" + (["\"picture\": \(row.name.json)"] + figures).joined(separator: ", ") + "}"
        }
        return """
            {
              "scale": \(scale), "protocol": "\(convention.rawValue)", "channels": "\(channels)", "border": \(border),\(isEnsemble ? " \"ensemble\": true," : "")\(degradation.isEmpty ? "" : " \"degraded\": \(jsonString("\(degradation)")),")
              "source": \(jsonString(pictures)),
              "pictures": [
                \(rows.map(object).joined(separator: ",\n    "))
              ],
              "mean": \(object(mean))
            }

            """
    }

    private var channels: String {
        switch convention.channels {
        case .luma: "Y"
        case .rgb: "RGB"
        }
    }
}

extension Evaluation.Row {
    fileprivate var figures: [(name: String, value: Double)] {
        [("psnr", model.psnr), ("ssim", model.ssim), ("bicubic_psnr", bicubic.psnr), ("bicubic_ssim", bicubic.ssim)]
    }
}
