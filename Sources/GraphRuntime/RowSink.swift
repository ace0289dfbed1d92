/// Takes rows of an output from a session, in order, each once per run.
public protocol RowSink: AnyObject {
    /// Takes the next row: W·C elements, `u8` or `f32`, which are there during the call alone. What it throws ends
    /// the run.
    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws
}
