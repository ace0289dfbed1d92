import GraphModel
import GraphImaging

/// Models that enlarge twice, as text, and pictures for them.
enum SmallModels {
    /// Each pixel twice in both directions, and 3 added.
    static let twice = SourceText(
        """
        graph twice(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          x = f32(lr) + 3
          image = u8(depth_to_space(concat(x, x, x, x), block = 2))
        }
        """, name: "twice.graph")

    /// Each pixel twice in both directions.
    static let same = SourceText(
        """
        graph same(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          x = f32(lr)
          image = u8(round(clip(depth_to_space(concat(x, x, x, x), block = 2), 0, 255)))
        }
        """, name: "same.graph")

    /// The picture itself, as the mean of it and what comes back from a quarter of its sides.
    static let quartered = SourceText(
        """
        graph quartered(lr: u8[N, H, W, 3]) -> (image: u8[N, H, W, 3]) {
          x = f32(lr)
          q = space_to_depth(space_to_depth(x, block = 2), block = 2)
          image = u8(round(clip(0.5 * (x + depth_to_space(depth_to_space(q, block = 2), block = 2)), 0, 255)))
        }
        """, name: "quartered.graph")

    /// The picture itself, beside what windows of 21 pixels leave of it: no smaller picture will do, and every larger one.
    static let windowed = SourceText(
        """
        graph windowed(lr: u8[N, H, W, 3]) -> (image: u8[N, H, W, 3]) {
          x = f32(lr)
          pooled = resize(max_pool(x, size = 21, stride = 3), height = H, width = W)
          image = u8(round(clip(x + min(pooled, 0), 0, 255)))
        }
        """, name: "windowed.graph")

    /// Two convolutions over a grey picture.
    static let grey = SourceText(
        """
        graph grey(lr: u8[N, H, W, 1]) -> (image: u8[N, 2*H, 2*W, 1]) {
          h = relu(conv3x3<8>(f32(lr) / 255) @a)
          u = depth_to_space(conv3x3<4>(h) @b, block = 2)
          image = u8(round(clip(255 * u, 0, 255)))
        }
        block conv3x3<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
          weight filter: f32[3, 3, C, out] ~ glorot_uniform
          y = conv2d(x, filter, pad = same)
        }
        """, name: "grey.graph")

    /// Bicubic interpolation, which mixes what lies side by side.
    static let smooth = SourceText(
        """
        graph smooth(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          image = u8(round(clip(resize_bicubic(f32(lr), factor = 2), 0, 255)))
        }
        """, name: "smooth.graph")

    /// Two convolutions, whose borders strips of columns compute twice.
    static let sharp = SourceText(
        """
        graph sharp(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          h = relu(conv3x3<16>(f32(lr) / 255) @a)
          u = depth_to_space(conv3x3<12>(h) @b, block = 2)
          image = u8(round(clip(255 * u, 0, 255)))
        }
        block conv3x3<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
          weight filter: f32[3, 3, C, out] ~ glorot_uniform
          y = conv2d(x, filter, pad = same)
        }
        """, name: "sharp.graph")

    static func picture(_ width: Int, _ height: Int) -> Picture {
        Picture(width: width, height: height, pixels: (0..<3 * width * height).map { UInt8($0 * 7 % 250) })
    }
}
