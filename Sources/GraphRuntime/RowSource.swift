/// Hands rows of an input to a session, in order, each once per run.
///
/// A session calls it from its workers, one call at a time.
public protocol RowSource: AnyObject {
    /// Fills the next rows. The buffer holds exactly one row of W·C elements, `u8` or `f32`.
    ///
    /// - Throws: anything; the run ends with the error.
    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws
}
