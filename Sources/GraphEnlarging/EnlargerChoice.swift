import GraphImaging

/// Enlargers of which each picture gets one, by its condition and by the size that its result is to have.
public struct EnlargerChoice {
    private let clean: [PictureEnlarger]
    private let degraded: [PictureEnlarger]

    /// - Parameters:
    ///   - enlargers: at least one; of several a picture gets the one whose factor is the nearest that reaches its size.
    ///   - degraded: likewise, for pictures whose files tell of a camera or of compression; none for the same.
    public init(_ enlargers: [PictureEnlarger], forDegraded degraded: [PictureEnlarger] = []) {
        precondition(!enlargers.isEmpty, "There is an enlarger to choose.")
        clean = enlargers
        self.degraded = degraded
    }

    /// The enlarger for a picture; the others give back memory.
    ///
    /// - Throws: what is wrong with the picture; ``EnlargingError/resultSize(_:)``.
    func enlarger(for source: PictureSource, _ form: ResultForm) throws(EnlargingError) -> PictureEnlarger {
        guard clean.count + degraded.count > 1 else { return clean[0] }
        let size: PictureSize
        let condition: PictureCondition
        do throws(ImageError) {
            size = try source.uprightSize()
            condition = degraded.isEmpty ? .clean : try source.condition()
        } catch {
            throw .image(error)
        }
        let chosen = try form.size.enlarger(of: condition == .clean ? clean : degraded, for: size)
        for other in clean + degraded where other !== chosen { other.giveBackMemory() }
        return chosen
    }
}
