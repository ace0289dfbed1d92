import GraphBasics

/// Pictures side by side under captions, to see what an enlargement gained.
public struct ComparisonSheet: Sendable {
    /// One picture of the sheet, with what is written below it.
    public struct Panel: Sendable {
        /// The picture; all of a sheet have the same size.
        public var picture: Picture
        /// One or two short lines: what it is, and how close to the truth.
        public var captions: [String]

        /// A picture with lines of text below it.
        public init(_ picture: Picture, captions: [String]) {
            self.picture = picture
            self.captions = captions
        }
    }

    /// Pictures of one size, at least one.
    public var panels: [Panel]

    /// Panels from left to right.
    public init(panels: [Panel]) { self.panels = panels }

    /// The small picture in blocks, its bicubic enlargement, the enlargement of a model, and the true
    /// picture where there is one; then captions give the PSNR on luma.
    ///
    /// - Throws: when the sizes do not fit `scale`.
    public init(before: Picture, scale: Int, after: Picture, truth: Picture?) throws(ImageError) {
        let bicubic = before.bicubicEnlargement(scale: scale)
        for picture in [after, truth ?? after]
        where picture.width != bicubic.width || picture.height != bicubic.height {
            throw .notEnlarged(picture.size, from: before.size, scale: scale)
        }
        func ratio(_ picture: Picture) throws(ImageError) -> [String] {
            guard let truth else { return [] }
            let border = min(scale, (min(truth.width, truth.height) - 1) / 2)
            return ["\(decimal(try picture.psnr(against: truth, on: .luma, border: border), digits: 2)) dB"]
        }
        panels = [
            Panel(before.nearestEnlargement(scale: scale), captions: ["before", "\(before.width)x\(before.height)"]),
            Panel(bicubic, captions: try ["bicubic"] + ratio(bicubic)),
            Panel(after, captions: try ["after"] + ratio(after)),
        ]
        if let truth { panels.append(Panel(truth, captions: ["true picture", "\(truth.width)x\(truth.height)"])) }
    }

    /// Panels in one row, or in rows of two when they are wide; small pictures are magnified in blocks.
    public func picture() -> Picture {
        let magnification = max(1, 320 / max(panels[0].picture.width, panels[0].picture.height))
        let cellWidth = panels[0].picture.width * magnification
        let cellHeight = panels[0].picture.height * magnification
        let columnCount = panels.count * cellWidth <= 2400 ? panels.count : min(2, panels.count)
        let rowCount = panels.count.ceilingDivided(by: columnCount)
        let textScale = max(2, cellWidth / 400)
        let margin = 12 * textScale
        let lineHeight = 11 * textScale
        let captionHeight = 2 * lineHeight + 3 * textScale

        var sheet = Picture(
            width: margin + columnCount * (cellWidth + margin),
            height: margin + rowCount * (captionHeight + cellHeight + margin), fill: Self.paper)
        for (index, panel) in panels.enumerated() {
            let x = margin + index % columnCount * (cellWidth + margin)
            let y = margin + index / columnCount * (captionHeight + cellHeight + margin)
            for (line, caption) in panel.captions.prefix(2).enumerated() {
                let room = max(0, cellWidth / (BitmapFont.advance * textScale))
                sheet.draw(
                    String(caption.prefix(room)), x: x, y: y + line * lineHeight, scale: textScale,
                    color: line == 0 ? Self.ink : Self.faintInk)
            }
            sheet.draw(panel.picture.nearestEnlargement(scale: magnification), x: x, y: y + captionHeight)
        }
        return sheet
    }

    private static let paper = Picture.Color(red: 250, green: 250, blue: 248)
    private static let ink = Picture.Color(red: 32, green: 36, blue: 44)
    private static let faintInk = Picture.Color(red: 112, green: 118, blue: 128)
}
