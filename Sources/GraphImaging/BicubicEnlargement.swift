extension Picture {
    /// The picture larger by a whole factor, as MATLAB's `imresize(image, scale, "bicubic")` makes it:
    /// the baseline that super-resolution is measured against.
    public func bicubicEnlargement(scale: Int) -> Picture {
        precondition(scale > 0)
        return bicubicResampling(width: scale * width, height: scale * height, scale: Double(scale))
    }
}
