import GraphImaging

/// Pixels that a network is given beyond a picture's sides, all of them the picture mirrored. What is computed of them is cut
/// off again.
struct Margins: Hashable {
    /// On the left and above.
    let before: Int
    let right: Int, below: Int

    /// - Parameters:
    ///   - border: pixels at each side at least.
    ///   - unit: of what the sides are multiples, with the margins.
    init(of size: PictureSize, border: Border, sideUnit unit: Int) {
        before = border.width
        right = (size.width + 2 * before).roundedUp(to: unit) - size.width - before
        below = (size.height + 2 * before).roundedUp(to: unit) - size.height - before
    }

    /// - Parameter least: the size of the picture with its margins, at least, which are on the right and below.
    init(of size: PictureSize, fillingUp least: PictureSize) {
        before = 0
        right = max(0, least.width - size.width)
        below = max(0, least.height - size.height)
    }

    var isEmpty: Bool { before == 0 && right == 0 && below == 0 }

    /// The size of the picture with its margins.
    func around(_ size: PictureSize) -> PictureSize {
        PictureSize(width: before + size.width + right, height: before + size.height + below)
    }
}
