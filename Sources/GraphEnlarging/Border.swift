/// What a network sees beyond a picture's border.
public enum Border: String, Hashable, Sendable, CaseIterable {
    /// The picture itself, mirrored. What is computed of it is cut off again.
    ///
    /// Networks pad each convolution by zeros, of which a saturated or dark edge takes colour. Six mirrored pixels keep
    /// every pixel of the result within 3 of 255 of what a picture that went on by mirroring would give; measured with
    /// EDSR x2, x3 and x4 on pixel art, colours of one kind and photographs, beside 15 to 40 pixels: 2 to 3, at most.
    /// Four pixels would leave up to 17, eight take it to 1.
    case mirror
    /// Nothing: zeros, as in training.
    case zero

    /// Pixels of the small picture that are added at each side.
    public var width: Int { self == .mirror ? 6 : 0 }
}
