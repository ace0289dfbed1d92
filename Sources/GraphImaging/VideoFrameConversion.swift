/// What of a frame goes through a network as red, green and blue from 0 to 255, and the enlarged frame of what comes back.
///
/// Where pixels share colour differences, luma goes through the network as a grey picture, and the colour differences,
/// which lie elsewhere than the pixels, are enlarged by bicubic interpolation from where they lie to where they lie in the
/// large frame. On Set5 and Set14 with EDSR x2 and 4:2:0 that is 0.1 dB better in luma (1.1 dB in text on white), and in
/// colour as good or better, than to make red, green and blue of them first, which leaves what a picture can hold beside
/// each sharp edge. Where each pixel has its own, they go through the network as colours: drawings and text gain up to 2 dB
/// in colour by that.
///
/// What lies beyond black, white or the colours that there are, no network has seen. That part alone is enlarged by bicubic
/// interpolation and added: a network that changes nothing gives each frame as it is.
package final class VideoFrameConversion {
    /// The enlarged frame, of which all rows were taken.
    package private(set) var result: VideoFrame

    private let header: VideoHeader
    /// Pixels of the result for each pixel of a frame, along x and along y.
    private let columnScale, rowScale: Double
    private let colours: VideoColours
    /// Planes that go through the network: luma alone, or all three.
    private let networkPlaneCount: Int
    private var frame: VideoFrame
    /// Beyond what the network sees, planes one behind the other; empty where there is nothing.
    private var excess: [Float] = []
    private var pixelEnlargement: PlaneEnlargement

    private let sourceRow: UnsafeMutableBufferPointer<Float>
    private let sinkRow: UnsafeMutableBufferPointer<Float>
    private let excessRow: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - enlarged: the header of the result.
    ///   - first: the first frame, which ``begin(_:)`` is given as well.
    package init(_ header: VideoHeader, to enlarged: VideoHeader, first: VideoFrame) {
        let size = header.size
        self.header = header
        colours = VideoColours(header)
        networkPlaneCount = header.layout.hasColour && header.layout.sharingColumns == 1 ? 3 : 1
        frame = first
        columnScale = Double(enlarged.size.width) / Double(size.width)
        rowScale = Double(enlarged.size.height) / Double(size.height)
        result = VideoFrame(
            size: enlarged.size, layout: header.layout, bytes: Array(repeating: 0, count: enlarged.frameByteCount))
        pixelEnlargement = PlaneEnlargement(
            from: size, to: enlarged.size, rowScale: rowScale, columnScale: columnScale, rowShift: 0, columnShift: 0)
        sourceRow = .allocate(capacity: 3 * size.width)
        sinkRow = .allocate(capacity: 3 * enlarged.size.width)
        excessRow = .allocate(capacity: enlarged.size.width)
    }

    deinit {
        sourceRow.deallocate()
        sinkRow.deallocate()
        excessRow.deallocate()
    }

    /// What a frame takes while it is enlarged: it, the large one, and samples of the small one as numbers.
    package static func byteCount(_ header: VideoHeader, to enlarged: VideoHeader) -> Int {
        let numbers = MemoryLayout<Float>.stride * header.layout.planeCount * header.size.width * header.size.height
        return header.frameByteCount + enlarged.frameByteCount + numbers
    }

    /// Takes the next frame, and makes of it what does not go through the network.
    package func begin(_ frame: VideoFrame) {
        self.frame = frame
        findExcess()
        for plane in networkPlaneCount..<frame.layout.planeCount { enlarge(plane) }
    }

    /// Fills a row of the small frame, 3 samples for each pixel. Rows may be taken at the same time.
    package func fill(row: Int, into pixels: UnsafeMutableBufferPointer<Float>) {
        readColours(row, into: pixels, sourceRow)
        for index in pixels.indices { pixels[index] = min(max(pixels[index], 0), 255) }
    }

    /// Takes a row of the large frame, 3 samples for each pixel.
    package func take(row: Int, from pixels: UnsafeBufferPointer<Float>) {
        let width = result.size.width
        if networkPlaneCount == 1 {
            for x in 0..<width {
                sinkRow[x] = colours.luma((pixels[3 * x] + pixels[3 * x + 1] + pixels[3 * x + 2]) / 3)
            }
        } else {
            for x in 0..<width {
                let pixel = VideoColours.Colour(red: pixels[3 * x], green: pixels[3 * x + 1], blue: pixels[3 * x + 2])
                (sinkRow[x], sinkRow[width + x], sinkRow[2 * width + x]) = colours.samples(pixel)
            }
        }
        for plane in 0..<networkPlaneCount {
            let samples = UnsafeMutableBufferPointer(rebasing: sinkRow[plane * width..<(plane + 1) * width])
            if !excess.isEmpty { addExcess(row, ofPlane: plane, to: samples) }
            result.write(row: row, ofPlane: plane, from: samples)
        }
    }

    /// Colours of a row as they are, be they beyond 0 to 255.
    private func readColours(
        _ row: Int, into pixels: UnsafeMutableBufferPointer<Float>, _ samples: UnsafeMutableBufferPointer<Float>
    ) {
        let width = frame.size.width
        for plane in 0..<networkPlaneCount {
            frame.read(
                row: row, ofPlane: plane,
                into: UnsafeMutableBufferPointer(rebasing: samples[plane * width..<(plane + 1) * width]))
        }
        for x in 0..<width {
            let colour: VideoColours.Colour
            if networkPlaneCount == 1 {
                let grey = colours.grey(samples[x])
                colour = VideoColours.Colour(red: grey, green: grey, blue: grey)
            } else {
                colour = colours.colour(samples[x], samples[width + x], samples[2 * width + x])
            }
            pixels[3 * x] = colour.red
            pixels[3 * x + 1] = colour.green
            pixels[3 * x + 2] = colour.blue
        }
    }

    private func findExcess() {
        let (width, height) = (frame.size.width, frame.size.height)
        let pixels = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3 * width)
        defer { pixels.deallocate() }
        excess.removeAll(keepingCapacity: true)
        for y in 0..<height {
            readColours(y, into: pixels, sourceRow)
            for x in 0..<width {
                let pixel = VideoColours.Colour(red: pixels[3 * x], green: pixels[3 * x + 1], blue: pixels[3 * x + 2])
                let beyond = pixel.excess
                if beyond.isNone { continue }
                if excess.isEmpty { excess = Array(repeating: 0, count: networkPlaneCount * width * height) }
                let place = y * width + x
                if networkPlaneCount == 1 {
                    excess[place] = colours.difference(beyond.green)
                } else {
                    let (luma, blueness, redness) = colours.difference(beyond)
                    excess[place] = luma
                    excess[width * height + place] = blueness
                    excess[2 * width * height + place] = redness
                }
            }
        }
    }

    private func addExcess(_ row: Int, ofPlane plane: Int, to samples: UnsafeMutableBufferPointer<Float>) {
        let count = frame.size.width * frame.size.height
        excess.withUnsafeMutableBufferPointer { excess in
            let plane = UnsafeMutableBufferPointer(rebasing: excess[plane * count..<(plane + 1) * count])
            pixelEnlargement.make(row: row, of: plane, into: excessRow)
        }
        for x in samples.indices { samples[x] += excessRow[x] }
    }

    /// A plane that does not go through the network.
    private func enlarge(_ plane: Int) {
        let layout = header.layout
        let small = layout.size(ofPlane: plane, in: frame.size)
        let large = layout.size(ofPlane: plane, in: result.size)
        let isShared = layout.isColourDifference(plane)
        let rowShift = isShared && layout.siting == .topLeft ? shift(sharing: layout.sharingRows, scale: rowScale) : 0
        let columnShift = isShared && layout.siting != .centre ? shift(sharing: layout.sharingColumns, scale: columnScale) : 0
        var enlargement = PlaneEnlargement(
            from: small, to: large, rowScale: rowScale, columnScale: columnScale, rowShift: rowShift,
            columnShift: columnShift)
        let samples = UnsafeMutableBufferPointer<Float>.allocate(capacity: small.width * small.height)
        defer { samples.deallocate() }
        for y in 0..<small.height {
            let row = samples[y * small.width..<(y + 1) * small.width]
            frame.read(row: y, ofPlane: plane, into: UnsafeMutableBufferPointer(rebasing: row))
        }
        for y in 0..<large.height {
            enlargement.make(row: y, of: samples, into: excessRow)
            let row = UnsafeMutableBufferPointer(rebasing: excessRow[..<large.width])
            result.write(row: y, ofPlane: plane, from: row)
        }
    }

    /// Of samples that lie at the first of the pixels that share them, those of the large frame lie nearer to that pixel's
    /// edge: how far beyond the place of samples that lie amid them, in samples of the small plane.
    private func shift(sharing count: Int, scale: Double) -> Double { 0.5 * (1 - 1 / scale) * (1 - 1 / Double(count)) }
}
