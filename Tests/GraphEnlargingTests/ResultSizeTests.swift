import GraphImaging
import Testing

@testable import GraphEnlarging

/// How large results become, and what networks they need.
struct ResultSizeTests {
    private let picture = PictureSize(width: 300, height: 201)

    @Test func sidesFollow() throws {
        let sizes: [(ResultSize, Int, Int)] = [
            (.network, 1200, 804), (.scale(try #require(ResizeFactor("1.5"))), 450, 302),
            (.scale(try #require(ResizeFactor("1/7"))), 43, 29), (.width(1000), 1000, 670), (.height(67), 100, 67),
            (.width(1), 1, 1), (.sides(PictureSize(width: 7, height: 900)), 7, 900),
        ]
        for (size, width, height) in sizes {
            #expect(try size.size(of: picture, networkScale: 4) == PictureSize(width: width, height: height))
        }
    }

    @Test func theLeastFactorLeavesNothingToBeEnlarged() throws {
        let factors: [(ResultSize, Int?)] = [
            (.network, nil), (.scale(try #require(ResizeFactor("1.5"))), 2), (.scale(try #require(ResizeFactor("3"))), 3),
            (.scale(try #require(ResizeFactor("0.1"))), 1), (.width(600), 2), (.width(601), 3), (.height(201), 1),
            (.sides(PictureSize(width: 10, height: 1000)), 5),
        ]
        for (size, scale) in factors {
            #expect(try size.leastScale(for: picture) == scale)
            guard let scale else { continue }
            let result = try size.size(of: picture, networkScale: 1)
            #expect(result.width <= scale * picture.width && result.height <= scale * picture.height)
        }
    }

    @Test func onlySidesOfTheirOwnChangeTheShape() {
        #expect(ResultSize.width(77).keepsShape(of: picture) && ResultSize.network.keepsShape(of: picture))
        #expect(ResultSize.sides(PictureSize(width: 1000, height: 670)).keepsShape(of: picture))
        #expect(!ResultSize.sides(PictureSize(width: 1000, height: 672)).keepsShape(of: picture))
    }

    @Test(arguments: [
        ResultSize.width(0), .width(-5), .width(1 << 20 + 1), .height(.max), .height(1 << 20), .width(.min),
        .sides(PictureSize(width: 3, height: 0)), .sides(PictureSize(width: 1 << 21, height: 3)),
        .sides(PictureSize(width: 1 << 19, height: 1 << 18)),
    ])
    func impossibleSidesAreRefused(_ size: ResultSize) {
        #expect(throws: EnlargingError.self) { try size.size(of: picture, networkScale: 2) }
        #expect(throws: EnlargingError.self) { try size.leastScale(for: picture) }
    }

    @Test func aMeanThatMemoryCannotHoldIsRefused() {
        let large = PictureSize(width: 20_000, height: 20_000)
        #expect(throws: EnlargingError.tooLargeForEnsemble(PictureSize(width: 80_000, height: 80_000))) {
            try ResultSizes(of: large, ResultForm(isEnsemble: true), networkScale: 4)
        }
    }
}
