/// The programs that compute an entry for given sizes.
public struct Plan: Sendable {
    /// Parts of the image from top to bottom, one beside the other, each computed by itself: one, unless memory is too
    /// small for that (``PlanOptions/Memory/all(byteCount:threadCount:)``).
    public var strips: [ColumnStrip]

    /// - Precondition: there is a strip.
    public init(strips: [ColumnStrip]) {
        precondition(!strips.isEmpty, "a plan computes something")
        self.strips = strips
    }

    /// A plan of one program.
    init(_ program: Program, bandRows: Int?) {
        self.init(strips: [ColumnStrip((program, bandRows))])
    }

    /// The program of all, or of the first strip.
    public var program: Program { strips[0].program }

    /// Rows of the first input in a band; nil for whole images.
    public var bandRows: Int? { strips[0].bandRows }
}
