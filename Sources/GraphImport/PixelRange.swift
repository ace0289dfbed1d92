/// In which numbers a network of another program takes and gives pixels.
public enum PixelRange: String, Hashable, Sendable, CaseIterable {
    /// 0…1
    case unit = "1"
    /// 0…255
    case bytes = "255"
    /// Its inputs and outputs are no pictures: they stay as they are.
    case tensors = "none"
}
