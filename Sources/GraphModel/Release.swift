/// What of graphc this is.
public enum Release {
    /// By Semantic Versioning; `CHANGELOG.md` says what changed and what a version promises.
    public static let version = "1.0.0"
}
