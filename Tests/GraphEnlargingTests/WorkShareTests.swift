import GraphEnlarging
import Testing

struct WorkShareTests {
    /// Every piece of work is done once, and shares differ by the cost of one piece at most.
    @Test(
        arguments: [[], [5], [3, 3, 3], [9, 1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 7], (1...100).map { $0 * $0 % 37 }], 1...6)
    func sharesAreEvenAndWhole(_ costs: [Int], _ count: Int) {
        let shares = (1...count).map { WorkShare($0, of: count).indices(ofCosts: costs) }
        #expect(shares.flatMap(\.self).sorted() == Array(costs.indices))
        let totals = shares.map { $0.map { costs[$0] }.reduce(0, +) }
        #expect(totals.max()! - totals.min()! <= max(costs.max() ?? 0, costs.count))
        #expect(shares.allSatisfy { $0 == $0.sorted() })
    }

    @Test func wordsAreReadAndWritten() {
        #expect(WorkShare("3/8") == WorkShare(3, of: 8) && WorkShare(3, of: 8).description == "3/8")
        for text in ["", "3", "0/8", "9/8", "3/0", "3/", "/8", "a/b", "1/2/3", "-1/2", "1/100001"] {
            #expect(WorkShare(text) == nil, "\(text)")
        }
    }
}
