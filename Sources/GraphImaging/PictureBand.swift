/// Some rows of a picture: what a crop needs of one that is not in memory.
public struct PictureBand: Sendable {
    /// The rows, as a picture of their own.
    public let picture: Picture
    /// Where they begin in the whole picture.
    public let firstRow: Int
    /// Rows of the whole picture.
    public let wholeHeight: Int

    /// Reads the rows of a picture of which none has been read yet. Those below are neither read nor checked.
    ///
    /// - Precondition: the rows are not empty and lie inside the picture.
    public init(_ reader: any PictureReader, rows: Range<Int>) throws(ImageError) {
        precondition(0 <= rows.lowerBound && !rows.isEmpty && rows.upperBound <= reader.height)
        picture = try Picture(reader, rows: rows)
        firstRow = rows.lowerBound
        wholeHeight = reader.height
    }

    /// The rows that some rows of the bicubic reduction are made of.
    ///
    /// - Parameter height: of the whole picture, a multiple of the scale.
    public static func rows(forReduced rows: Range<Int>, height: Int, scale: Int) -> Range<Int> {
        let positions = BicubicTaps(inputLength: height, outputs: rows, scale: 1 / Double(scale)).positions
        return (positions.min() ?? 0)..<(positions.max() ?? 0) + 1
    }

    /// A part of ``Picture/bicubicReduction(scale:)`` of the whole picture, cut to a multiple of the scale: the same
    /// samples.
    ///
    /// - Precondition: the band holds what ``rows(forReduced:height:scale:)`` names, and the columns lie inside.
    public func bicubicReduction(scale: Int, rows: Range<Int>, columns: Range<Int>) -> Picture {
        func taps(_ length: Int, _ outputs: Range<Int>) -> BicubicTaps {
            BicubicTaps(inputLength: length / scale * scale, outputs: outputs, scale: 1 / Double(scale))
        }
        return picture.bicubicResampling(
            rows: taps(wholeHeight, rows), countedFrom: firstRow, columns: taps(picture.width, columns))
    }
}
