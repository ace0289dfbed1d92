/// The borders of the image that a pixel lies at: a sum of these.
public enum ImageBorders {
    /// The four borders; a set of them is their sum.
    public static let top = 1, bottom = 2, left = 4, right = 8
    /// How many sets of borders there are.
    public static let setCount = 16
    /// From so many rows or columns on, pixels lie at all sets of borders at which those of larger images do.
    public static let leastOrdinarySide = 3

    /// The borders of pixel x of row y.
    public static func at(_ y: Int, of height: Int, _ x: Int, of width: Int) -> Int {
        (y == 0 ? top : 0) + (y == height - 1 ? bottom : 0) + (x == 0 ? left : 0) + (x == width - 1 ? right : 0)
    }

    /// The pixels that lie at these borders and no others; nil where there are none.
    public static func region(_ borders: Int, inHeight height: Int, width: Int) -> ImageRegion? {
        func span(_ ends: Int, in length: Int) -> Range<Int> {
            guard length > 1 else { return 0..<(ends == 3 ? length : 0) }
            switch ends {
            case 0: return 1..<length - 1
            case 1: return 0..<1
            case 2: return length - 1..<length
            default: return 0..<0
            }
        }
        let region = ImageRegion(rows: span(borders & 3, in: height), columns: span(borders >> 2, in: width))
        return region.rows.isEmpty || region.columns.isEmpty ? nil : region
    }
}
