/// What synthetic pictures show.
public enum SampleKind: String, CaseIterable, Sendable {
    /// Things of many textures before a background, as in photographs.
    case scenes
    /// Flat colours, lines, checks and letters, as on screens and in drawings.
    case graphics
}
