import GraphImaging
import Testing

@Suite struct PictureTests {
    /// Three columns and two rows; red counts the pixels from 0.
    let picture = Picture(width: 3, height: 2, pixels: (0..<18).map { $0.isMultiple(of: 3) ? $0 / 3 : 100 + $0 })

    func reds(_ picture: Picture) -> [[UInt8]] {
        (0..<picture.height).map { y in (0..<picture.width).map { x in picture[x, y].red } }
    }

    @Test func quarterRotations() {
        #expect(reds(picture.rotated(quarterRotations: 0)) == [[0, 1, 2], [3, 4, 5]])
        #expect(reds(picture.rotated(quarterRotations: 1)) == [[3, 0], [4, 1], [5, 2]])
        #expect(reds(picture.rotated(quarterRotations: 2)) == [[5, 4, 3], [2, 1, 0]])
        #expect(reds(picture.rotated(quarterRotations: 3)) == [[2, 5], [1, 4], [0, 3]])
        #expect(picture.rotated(quarterRotations: -1) == picture.rotated(quarterRotations: 3))
        #expect(picture.rotated(quarterRotations: 5).rotated(quarterRotations: 3) == picture)
    }

    @Test func mirror() {
        #expect(reds(picture.mirrored()) == [[2, 1, 0], [5, 4, 3]])
        #expect(picture.mirrored()[0, 0] == picture[2, 0])
    }

    @Test func crop() {
        #expect(reds(picture.cropped(x: 1, y: 0, width: 2, height: 1)) == [[1, 2]])
        #expect(picture.cropped(x: 0, y: 1, width: 3, height: 1).pixels == Array(picture.row(1)))
        #expect(picture.cropped(toMultipleOf: 2).map(reds) == [[0, 1], [3, 4]])
        #expect(picture.cropped(toMultipleOf: 3) == nil)
    }

    @Test func pixels() {
        var changed = Picture(width: 2, height: 2, fill: .black)
        changed[1, 0] = .init(red: 1, green: 2, blue: 3)
        #expect(changed.pixels == [0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0])
    }
}
