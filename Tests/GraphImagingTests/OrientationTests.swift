import GraphImaging
import GraphTestSupport
import Testing

@Suite struct OrientationTests {
    /// What each orientation means, as plainly as TIFF 6.0 says it: which edge of the upright picture the first stored row
    /// is, and which the first stored column.
    static let edges: [Orientation: (row: Character, column: Character)] = [
        .topLeft: ("T", "L"), .topRight: ("T", "R"), .bottomRight: ("B", "R"), .bottomLeft: ("B", "L"),
        .leftTop: ("L", "T"), .rightTop: ("R", "T"), .rightBottom: ("R", "B"), .leftBottom: ("L", "B"),
    ]

    /// The upright picture of stored rows: each stored pixel is carried to its place, counted from the edges.
    func reference<Pixel>(_ stored: [[Pixel]], _ orientation: Orientation) throws -> [[Pixel]] {
        let (rowEdge, columnEdge) = try #require(Self.edges[orientation])
        let height = "TB".contains(rowEdge) ? stored.count : stored[0].count
        let width = "TB".contains(rowEdge) ? stored[0].count : stored.count
        var upright = [[Pixel?]](repeating: [Pixel?](repeating: nil, count: width), count: height)
        for (row, pixels) in stored.enumerated() {
            for (column, pixel) in pixels.enumerated() {
                var x = 0, y = 0
                for (edge, distance) in [(rowEdge, row), (columnEdge, column)] {
                    switch edge {
                    case "T": y = distance
                    case "B": y = height - 1 - distance
                    case "L": x = distance
                    default: x = width - 1 - distance
                    }
                }
                upright[y][x] = pixel
            }
        }
        return try upright.map { try $0.map { try #require($0) } }
    }

    static let layouts = [false, true].flatMap { isGrey in
        [false, true].flatMap { hasAlpha in
            [8, 16].map { PixelLayout(isGrey: isGrey, hasAlpha: hasAlpha, bitDepth: $0) }
        }
    }

    @Test("Rows turned upright are those of the plain reference", arguments: Orientation.allCases, layouts)
    func rows(_ orientation: Orientation, _ layout: PixelLayout) throws {
        var generator = RepeatableGenerator(seed: 7)
        for (width, height) in [(1, 1), (1, 5), (6, 1), (4, 3), (32, 33), (70, 41)] {
            let stored = (0..<height).map { _ in
                (0..<width).map { _ in (0..<layout.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) } }
            }
            let size = PictureSize(width: width, height: height)
            let expected = try reference(stored, orientation)
            let upright = orientation.upright(stored.flatMap { $0.flatMap { $0 } }, size: size, layout: layout)
            #expect(upright == expected.flatMap { $0.flatMap { $0 } }, "\(size)")
            #expect(orientation.uprightSize(of: size) == PictureSize(width: expected[0].count, height: expected.count))
            #expect(orientation.swapsSides == ("LR".contains(Self.edges[orientation]!.row)))
        }
    }

    @Test("Places of the reference, there and back", arguments: Orientation.allCases)
    func places(_ orientation: Orientation) throws {
        let size = PictureSize(width: 5, height: 3)
        let stored = (0..<3).map { y in (0..<5).map { x in [x, y] } }
        for (y, row) in try reference(stored, orientation).enumerated() {
            for (x, pixel) in row.enumerated() {
                let place = orientation.storedPlace(x: x, y: y, in: size)
                #expect([place.x, place.y] == pixel)
                #expect(orientation.uprightPlace(x: place.x, y: place.y, in: size) == (x, y))
            }
        }
    }

    @Test("Two turns are one, each can be undone, and no two are the same")
    func group() {
        let size = PictureSize(width: 3, height: 2)
        let grey = PixelLayout(isGrey: true)
        func turned(_ rows: [UInt8], _ size: PictureSize, _ orientation: Orientation) -> [UInt8] {
            orientation.upright(rows, size: size, layout: grey)
        }
        let picture: [UInt8] = [1, 2, 3, 4, 5, 6]
        for first in Orientation.allCases {
            let once = turned(picture, size, first)
            let onceSize = first.uprightSize(of: size)
            let seconds = Orientation.allCases.map { second in
                let both = turned(once, onceSize, second)
                let bothSize = second.uprightSize(of: onceSize)
                return Orientation.allCases.filter {
                    turned(picture, size, $0) == both && $0.uprightSize(of: size) == bothSize
                }
            }
            #expect(seconds.allSatisfy { $0.count == 1 })
            #expect(Set(seconds.flatMap { $0 }).count == 8)
            #expect(seconds.flatMap { $0 }.contains(.topLeft))
        }
        #expect(Orientation.allCases.map(\.rawValue) == Array(1...8))
        #expect(Orientation(rawValue: 0) == nil && Orientation(rawValue: 9) == nil)
    }
}
