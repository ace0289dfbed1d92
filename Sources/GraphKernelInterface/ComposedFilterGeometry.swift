import GraphBasics

/// How `conv2d_composed` reads the filters that `compose_filters` makes of two convolutions, from the shape alone.
///
/// Convolutions and pixel shuffles with nothing between them but biases are together one convolution of the first
/// one's input. Pixels at the image's borders are an exception: what the outer convolution would read beside the image
/// between the two is zero, not what the inner one would make of a larger image. So there is a filter for each set of
/// borders that a pixel may lie at (``ImageBorders``).
///
/// A row holds one of these filters as `pack_filter` leaves it, and behind it a bias for each channel of the result,
/// filled up to a multiple of 8.
public struct ComposedFilterGeometry: Hashable, Sendable {
    /// Pixels of the image that the first convolution reads.
    public var height: Int, width: Int
    /// The first convolution: its square filter, its channels, and the block of the pixel shuffle behind it.
    public var filterSize: Int
    /// Channels of the image that the first convolution reads.
    public var inputChannels: Int
    /// The side of the squares of pixels that the shuffle behind the first convolution makes; 1 without one.
    public var shuffleBlock: Int
    /// What follows, one convolution or several composed: its square filter, and the block of all its pixel shuffles.
    public var nextFilterSize: Int
    /// Channels of the image between the first convolution and what follows.
    public var nextInputChannels: Int
    /// The side of the squares of pixels that all shuffles of what follows make together.
    public var nextShuffleBlock: Int
    /// Whether what follows is composed, too, and so has a filter for each set of borders.
    public var nextIsComposed: Bool
    /// Channels of the last image.
    public var channels: Int
    /// Which convolutions have a bias; that of what is composed lies in its rows.
    public var hasBias: Bool, nextHasBias: Bool

    /// Each argument is the property of its name.
    public init(
        height: Int, width: Int, filterSize: Int, inputChannels: Int, shuffleBlock: Int, nextFilterSize: Int,
        nextInputChannels: Int, nextShuffleBlock: Int, nextIsComposed: Bool, channels: Int, hasBias: Bool, nextHasBias: Bool
    ) {
        self.height = height
        self.width = width
        self.filterSize = filterSize
        self.inputChannels = inputChannels
        self.shuffleBlock = shuffleBlock
        self.nextFilterSize = nextFilterSize
        self.nextInputChannels = nextInputChannels
        self.nextShuffleBlock = nextShuffleBlock
        self.nextIsComposed = nextIsComposed
        self.channels = channels
        self.hasBias = hasBias
        self.nextHasBias = nextHasBias
    }

    /// The same for all images whose pixels lie at the same sets of borders.
    public var ofFilter: ComposedFilterGeometry {
        var geometry = self
        geometry.height = min(height, ImageBorders.leastOrdinarySide)
        geometry.width = min(width, ImageBorders.leastOrdinarySide)
        return geometry
    }

    /// Rows and columns of the image between, counted in pixels of the first, that a result needs beyond its own.
    public var nextReach: Int { nextFilterSize > 1 ? 1 : 0 }
    /// Rows and columns of the composed filter.
    public var composedFilterSize: Int { filterSize + 2 * nextReach }
    /// The block of all pixel shuffles.
    public var composedShuffleBlock: Int { shuffleBlock * nextShuffleBlock }
    /// Where row or column `tap` of the next filter, for pixel `phase` of the block, reads: `shift` pixels of the first
    /// image beside the block's own, at pixel `phase` of that block.
    public func nextPlace(_ tap: Int, _ phase: Int) -> (shift: Int, phase: Int) {
        let place = phase + tap - nextFilterSize / 2
        let shift = place < 0 ? -1 : place >= shuffleBlock ? 1 : 0
        return (shift, place - shift * shuffleBlock)
    }

    /// Results of what follows for one pixel of the image between; of the composed convolution for one of the first.
    public var nextOutputChannels: Int { nextShuffleBlock * nextShuffleBlock * channels }
    /// Results of the composed convolution for one pixel of the first image.
    public var outputChannels: Int { composedShuffleBlock * composedShuffleBlock * channels }

    /// Elements of a row before its biases, and of what follows.
    public var filterElementCount: Int {
        composedFilterSize * composedFilterSize * inputChannels * outputChannels.roundedUp(to: 8)
    }
    /// Elements of a row of what follows, before its biases.
    public var nextFilterElementCount: Int {
        nextFilterSize * nextFilterSize * nextInputChannels * nextOutputChannels.roundedUp(to: 8)
    }
    /// Elements of a row: the filter, and the biases behind it.
    public var rowElementCount: Int { filterElementCount + outputChannels.roundedUp(to: 8) }

    /// Elements of a row of `rotate_composed_filters`.
    public var rotatedRowElementCount: Int {
        (composedFilterSize * composedFilterSize * outputChannels + 1) * inputChannels.roundedUp(to: 8)
    }

    /// Multiplications and additions for one row, at most: rows of one call share sums.
    public var operationCount: Int {
        2 * filterSize * filterSize * inputChannels * shuffleBlock * shuffleBlock * nextFilterElementCount
    }

    /// Bytes of scratch of `compose_filters`: the taps of one pixel of the block for 16 channels, their biases
    /// and an address.
    public var scratchByteCount: Int {
        (composedFilterSize * composedFilterSize * inputChannels + 1) * 16 * 4 + 64
    }

    /// Multiplications and additions of `conv2d_filter_gradients_composed` for one tap of the next filter.
    public var gradientOperationCount: Int {
        4 * filterSize * filterSize * inputChannels * shuffleBlock * shuffleBlock * nextInputChannels * channels
    }

    /// Bytes of scratch of `conv2d_filter_gradients_composed`: sums for the taps of the first filter and for the biases,
    /// the next filter, and its gradient.
    public var gradientScratchByteCount: Int {
        ((filterSize * filterSize * inputChannels + 1) * outputChannels
            + 2 * nextFilterSize * nextFilterSize * nextInputChannels * channels) * 4
    }
}
