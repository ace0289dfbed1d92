import GraphIR
import Testing

/// The normal form of sizes: equal sizes are equal values and read the same.
@Suite struct SizeTests {
    static let (h, w, n) = (Size(symbol: "H"), Size(symbol: "W"), Size(symbol: "N"))

    @Test func equalSizesAreEqualValues() {
        let (h, w) = (SizeTests.h, SizeTests.w)
        #expect(2 * h + h == 3 * h)
        #expect(h * w == w * h)
        #expect(h - h == Size(0))
        #expect((h + 1) * (h - 1) == h * h - 1)
        #expect((h + w) * 2.size == 2 * w + 2 * h)
        #expect((2 * h + h).hashValue == (3 * h).hashValue)
    }

    static let descriptions: [(Size, String)] = [
        (Size(0), "0"), (Size(-3), "-3"), (h, "H"), (4 * h, "4*H"), (h - 1, "H - 1"), (0.size - h, "-H"),
        (2 * h * w + h - 1, "2*H*W + H - 1"), (w + h, "H + W"), (n * h * w, "H*N*W"), (w * h * w, "H*W*W"),
        (1.size - 2 * w, "-2*W + 1"), (h.floorDivided(by: 2), "(H//2)"),
        ((h + 1).floorDivided(by: 2), "((H + 1)//2)"), ((h - 1).floorDivided(by: 2) + 1, "((H + 1)//2)"),
        (3 * (h + w).floorDivided(by: 4), "3*((H + W)//4)"),
    ]

    @Test(arguments: descriptions)
    func description(_ size: Size, _ text: String) {
        #expect(size.description == text)
    }

    @Test func floorDivisionLeavesWhatDoesNotDivide() {
        let h = SizeTests.h
        #expect((4 * h + 1).floorDivided(by: 2) == 2 * h)
        #expect((4 * h - 1).floorDivided(by: 2) == 2 * h - 1)
        #expect((h + 5).floorDivided(by: 2) == (h + 1).floorDivided(by: 2) + 2)
        #expect((h + 5).floorDivided(by: 1) == h + 5)
        #expect(Size(-1).floorDivided(by: 2) == Size(-1))
        #expect(Size(7).floorDivided(by: 2) == Size(3))
        #expect((3 * h + 4).floorDivided(by: 2) == (3 * h).floorDivided(by: 2) + 2)
    }

    @Test(arguments: 1...20)
    func floorDivisionCommutesWithBinding(_ value: Int) {
        let (h, sizes) = (SizeTests.h, ["H": value])
        for divisor in 1...5 {
            for factor in [3, -1, -4] {
                for offset in -3...7 {
                    let bound = (factor * h + offset).floorDivided(by: divisor).bound(to: sizes)
                    #expect(bound.constant == Int((Double(factor * value + offset) / Double(divisor)).rounded(.down)))
                }
            }
        }
    }

    /// What fills a size up to a multiple, however it is counted, leaves that multiple, which divides.
    @Test(arguments: [2, 3, 8])
    func fillingUpLeavesAMultiple(_ factor: Int) {
        let h = SizeTests.h
        func rest(_ size: Size) -> Size { size - factor * size.floorDivided(by: factor) }
        let multiple = factor * (h + (factor - 1)).floorDivided(by: factor)
        #expect(h + rest(Size(factor) - rest(h)) == multiple)
        #expect(h + rest(0.size - h) == multiple)
        #expect(multiple.floorDivided(by: factor) == (h + (factor - 1)).floorDivided(by: factor))
        #expect((multiple - 1).floorDivided(by: factor) + 1 == (h + (factor - 1)).floorDivided(by: factor))
    }

    @Test func comparison() {
        let (h, w) = (SizeTests.h, SizeTests.w)
        #expect((2 * h).compared(to: h + h) == .equal)
        #expect((h + 1).compared(to: h) == .different)
        #expect((2 * h).compared(to: h) == .different)
        #expect(h.compared(to: w) == .undecided)
        #expect(h.compared(to: Size(3)) == .undecided)
        #expect(h.compared(to: Size(0)) == .different)
        #expect(Size(3).compared(to: Size(4)) == .different)
        // ⌊H/2⌋ may be 0.
        #expect((h + h.floorDivided(by: 2)).compared(to: h) == .undecided)
        #expect((h.floorDivided(by: 2) + 1).compared(to: Size(0)) == .different)
        // ⌊(W − H)/2⌋ may be −1.
        #expect(((w - h).floorDivided(by: 2) + 1).compared(to: Size(0)) == .undecided)
    }

    @Test func symbolsAndConstants() {
        let (h, w) = (SizeTests.h, SizeTests.w)
        #expect(h.symbol == "H")
        #expect((2 * h).symbol == nil)
        #expect((h * w + w.floorDivided(by: 3)).symbols == ["H", "W"])
        #expect((h - h).constant == 0)
        #expect((h + 1).constant == nil)
        #expect((2 * h + w).bound(to: ["H": 3]) == w + 6)
        #expect((h * w).substituting { $0 == "H" ? w + 1 : nil } == w * w + w)
    }

    @Test func arithmeticSaturates() {
        let large = Size(Size.limit)
        #expect(large + large == large)
        #expect(large * large == large)
        #expect(0.size - large - large == 0.size - large)
        #expect(Size(.max) == large)
        #expect((large * SizeTests.h * large) == large * SizeTests.h)
    }
}
