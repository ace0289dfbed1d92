/// What a picture shows, in 128 bits: copies of a picture that were reduced, stored with losses or made a little brighter
/// differ in few of them, other pictures in about half.
///
/// The picture is reduced to 9×9 pixels; a bit tells whether Y grows from one to its right neighbour, or to its lower one.
///
/// Source: N. Krawetz, Kind of Like That, 2013 ("dHash"), by rows and by columns.
public struct PerceptualHash: Hashable, Sendable {
    private var alongRows: UInt64 = 0
    private var alongColumns: UInt64 = 0

    /// The hash of a whole picture.
    public init(_ picture: Picture) {
        let side = 8
        let small = picture.bicubicResampling(to: PictureSize(width: side + 1, height: side + 1))
        let luma = Plane(.luma, of: small, border: 0).samples
        for y in 0..<side {
            for x in 0..<side {
                let place = y * (side + 1) + x
                alongRows = alongRows << 1 | (luma[place] < luma[place + 1] ? 1 : 0)
                alongColumns = alongColumns << 1 | (luma[place] < luma[place + side + 1] ? 1 : 0)
            }
        }
    }

    /// In how many of the 128 bits two hashes differ.
    public func distance(to other: PerceptualHash) -> Int {
        (alongRows ^ other.alongRows).nonzeroBitCount + (alongColumns ^ other.alongColumns).nonzeroBitCount
    }
}
