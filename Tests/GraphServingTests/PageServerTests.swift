import Foundation
import GraphEnlarging
import GraphImaging
import GraphModel
import Testing

@testable import GraphServing

/// What the page does for those who use it, over real connections.
@Suite struct PageServerTests {
    @Test(
        arguments: [(PictureFormat.png, nil), (.jpeg, nil), (.png, .webp), (.webp, .jpeg)] as [(PictureFormat, PictureFormat?)])
    func thePictureIsTheOneThatTheLibraryMakes(_ format: PictureFormat, _ wanted: PictureFormat?) throws {
        let page = try ServedPage()
        let file = try pictureFile(format)
        let number = try page.upload(file, name: "a%20photo.\(format.ending)", format: wanted?.rawValue)
        let picture = try page.ended(number)
        let made = wanted ?? format
        #expect(picture["stage"] as? String == "finished", "\(picture)")
        #expect(picture["name"] as? String == "a photo.\(format.ending)")
        #expect(picture["resultName"] as? String == "a photo-x2.\(made.ending)")
        #expect(picture["width"] as? Int == 13 && picture["resultWidth"] as? Int == 26 && picture["resultHeight"] as? Int == 14)
        let result = try page.ask("GET", "pictures/\(number)/result")
        let expected = try PictureEnlarger(Model(source: ServedPage.twice), threadCount: 1)
            .enlarge(PictureSource(file), to: .memory, as: PictureEncoding(made)).bytes
        #expect(result.status == 200 && result.body == expected && result.fields["content-type"] == made.mediaType)
        #expect(picture["byteCount"] as? Int == expected.count)
    }

    @Test func thePageAndItsPartsAreThere() throws {
        let page = try ServedPage()
        for (name, type) in [
            ("", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript"), ("comparison.js", "text/javascript"),
            ("archive.js", "text/javascript"), ("icon.svg", "image/svg+xml"),
        ] {
            let answer = try page.ask("GET", name)
            #expect(answer.status == 200 && answer.fields["content-type"]?.hasPrefix(type) == true && answer.body.count > 100)
            #expect(!answer.text.contains("https://"), "the page needs no network")
        }
        let settings = try page.ask("GET", "settings").object
        #expect((settings["models"] as? [[String: Any]])?.first?["scale"] as? Int == 2)
        #expect(settings["formats"] as? [String] == ["PNG", "JPEG", "WebP"])
        let withoutSlash = try page.ask("GET", "/\(page.key)", withKey: false)
        #expect(withoutSlash.status == 308 && withoutSlash.fields["location"] == "/\(page.key)/")
    }

    @Test func progressIsToldAndAPictureCanBeCancelled() throws {
        let page = try ServedPage(ServedPage.slow)
        let first = try page.upload(try pictureFile(width: 500, height: 400))
        let second = try page.upload(try pictureFile(width: 9, height: 9))
        var parts: [Double] = []
        for _ in 0..<3000 where parts.count < 3 {
            let picture = try #require(try page.picture(first))
            try #require(picture["stage"] as? String != "finished", "it was too fast to be seen")
            if let part = picture["part"] as? Double, part > parts.last ?? 0 { parts.append(part) }
            usleep(5000)
        }
        #expect(parts.count == 3 && parts.allSatisfy { 0...1 ~= $0 })
        // One at a time.
        #expect(try page.picture(second)?["stage"] as? String == "waiting")
        #expect(try page.ask("GET", "pictures/\(second)/result").status == 409)
        #expect(try page.ask("DELETE", "pictures/\(first)").status == 200)
        #expect(try page.picture(first) == nil)
        #expect(try page.ended(second)["stage"] as? String == "finished")
        #expect(try page.ask("DELETE", "pictures/\(first)").status == 404)
        #expect(try page.ask("GET", "pictures/\(first)/result").status == 404)
    }

    @Test func theServerEndsWhileItEnlarges() throws {
        let page = try ServedPage(ServedPage.slow)
        _ = try page.upload(try pictureFile(width: 900, height: 900))
        _ = try page.upload(try pictureFile(width: 900, height: 900))
        let start = ContinuousClock.now
        page.end()
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test(arguments: [
        PixelLayout.rgb8, PixelLayout(isGrey: true), PixelLayout(hasAlpha: true), PixelLayout(isGrey: true, hasAlpha: true),
        PixelLayout(bitDepth: 16), PixelLayout(isGrey: true, hasAlpha: true, bitDepth: 16),
    ])
    func theBicubicPictureIsThereForEveryKind(_ layout: PixelLayout) throws {
        let page = try ServedPage()
        // Several bands of rows.
        let file = try pictureFile(width: 11, height: 150, layout: layout)
        let number = try page.upload(file)
        let answer = try page.ask("GET", "pictures/\(number)/bicubic")
        try #require(answer.status == 200, "\(answer.text)")
        #expect(answer.fields["content-type"] == (layout.hasAlpha ? "image/png" : "image/jpeg"))
        let reader = try PictureSource(answer.body).reader()
        #expect(reader.width == 22 && reader.height == 300)
        #expect(reader.layout == PixelLayout(isGrey: layout.isGrey, hasAlpha: layout.hasAlpha))
        guard layout == .rgb8 else { return }
        let expected = try Picture(file: file).bicubicEnlargement(scale: 2)
        let found = try Picture(file: answer.body)
        let differences = zip(expected.pixels, found.pixels).map { abs(Int($0) - Int($1)) }
        #expect(differences.reduce(0, +) < 3 * differences.count, "JPEG of quality 98 changes little")
    }

    @Test(arguments: [
        ("<html>no picture</html>", "is an HTML page"), ("", "empty"),
        ("GIF89a, and more of it", "is a GIF file; convert it to PNG"),
    ])
    func aBadFileIsToldInOneLine(_ text: String, _ message: String) throws {
        let page = try ServedPage()
        if text.isEmpty {
            let answer = try page.ask("POST", "pictures?name=a.png&model=0")
            #expect(answer.status == 400 && answer.message.contains(message))
            return
        }
        let picture = try page.ended(try page.upload(Array(text.utf8)))
        let told = try #require(picture["message"] as? String)
        #expect(picture["stage"] as? String == "failed" && told.contains(message) && !told.contains("\n"), "\(told)")
        let damaged = try page.ended(try page.upload(Array(try pictureFile().prefix(60))))
        #expect(damaged["stage"] as? String == "failed" && damaged["message"] as? String != nil)
    }

    @Test func namesAreShownAndNeverPlaces() throws {
        let page = try ServedPage()
        let names = [
            "..%2F..%2Fetc%2Fpasswd": "passwd", "C%3A%5Cphotos%5Cme.png": "me.png", "": "picture", "..": "picture",
            "a%22%0Ab%3Cscript%3E.png": "a\"b<script>.png", "%F0%9F%8C%B2.png": "🌲.png", "%FF.png": "\u{FFFD}.png",
        ]
        for (sent, shown) in names {
            let number = try page.upload(try pictureFile(), name: sent)
            #expect(try page.picture(number)?["name"] as? String == shown)
        }
    }
}
