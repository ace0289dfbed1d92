import Foundation
import Testing

@Suite struct VersionTests {
    /// The heading of the newest release in the changelog: `## 1.0.0 - 2026-11-28`.
    @Test func bothCommandsNameTheNewestVersionOfTheChangelog() throws {
        let changelog = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../CHANGELOG.md").standardizedFileURL
        let headings = try String(contentsOf: changelog, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("## ") }
        let version = try #require(headings.first?.dropFirst(3).split(separator: " ").first)
        #expect(version.split(separator: ".").compactMap { Int($0) }.count == 3, "\(version)")

        let place = try Workplace()
        #expect(try place.graphc("--version").success() == "graphc \(version)\n")
        #expect(try place.graphrun("--version").success() == "graphrun \(version)\n")
    }
}
