import Foundation
import GraphImaging
import Testing

@testable import GraphServing

/// Each limit holds, has its message, and leaves the page in use.
@Suite struct ServingLimitsTests {
    @Test func aFileThatIsTooLargeIsRefusedBeforeItIsSent() throws {
        var limits = ServingLimits()
        limits.uploadByteCount = 1 << 20
        let page = try ServedPage(limits: limits)
        // All is sent, as browsers do, and the answer comes all the same.
        let answer = try page.ask("POST", "pictures?name=a.png&model=0", body: [UInt8](repeating: 1, count: 20 << 20))
        #expect(answer.status == 413 && answer.message.contains("larger than 1.0 MiB"), "\(answer.message)")
        let head = "POST /\(page.key)/pictures?model=0 HTTP/1.1\r\nHost: 127.0.0.1:\(page.server.port)\r\n"
        let claimed = try page.exchange(Array("\(head)Content-Length: 99999999999999\r\n\r\n".utf8))
        #expect(claimed.status == 413)
        #expect(try page.ended(try page.upload(try pictureFile()))["stage"] as? String == "finished")
    }

    @Test func tooManyPixelsAreToldAtOnce() throws {
        var limits = ServingLimits()
        limits.resultPixelCount = 1_000_000
        let page = try ServedPage(limits: limits)
        let picture = try page.ended(try page.upload(try pictureFile(width: 600, height: 600)))
        #expect((picture["message"] as? String)?.contains("2 times 600×600 pixels are more than the 1 million") == true)
    }

    @Test func onlySoManyPicturesAreKept() throws {
        var limits = ServingLimits()
        limits.pictureCount = 3
        let page = try ServedPage(limits: limits)
        let file = try pictureFile()
        let numbers = try (0..<3).map { _ in try page.upload(file) }
        let fourth = try page.ask("POST", "pictures?name=a.png&model=0", body: file)
        #expect(fourth.status == 413 && fourth.message.contains("holds 3 pictures at once; remove some"))
        #expect(try page.ask("DELETE", "pictures/\(numbers[0])").status == 200)
        #expect(try page.ended(try page.upload(file))["stage"] as? String == "finished")
        #expect(try page.ask("DELETE", "pictures").object["pictures"] as? [Int] == [])
    }

    @Test func onlySoManyBytesAreKept() throws {
        var limits = ServingLimits()
        limits.keptByteCount = 5000
        let page = try ServedPage(limits: limits)
        let big = try page.ask("POST", "pictures?name=a.png&model=0", body: [UInt8](repeating: 0, count: 6000))
        #expect(big.status == 413 && big.message.contains("download and remove some"))
        // The file has room, its result has none.
        let picture = try page.ended(try page.upload(try pictureFile(width: 40, height: 40, .jpeg), format: "PNG"))
        #expect(
            picture["stage"] as? String == "failed" && (picture["message"] as? String)?.contains("4.9 KiB") == true, "\(picture)")
    }

    @Test func aConnectionThatBreaksGivesItsRoomBack() throws {
        var limits = ServingLimits()
        limits.pictureCount = 1
        let page = try ServedPage(limits: limits)
        do {
            let connection = try LoopbackConnection(port: page.server.port)
            let head = "POST /\(page.key)/pictures?name=a.png&model=0 HTTP/1.1\r\nHost: 127.0.0.1:\(page.server.port)\r\n"
            connection.send(Array("\(head)Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n".utf8))
            #expect(String(decoding: connection.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 100 Continue"))
            connection.send([1, 2, 3])
            #expect(try page.ask("POST", "pictures?name=a.png&model=0", body: [1]).status == 413)
        }
        usleep(500_000)
        _ = try page.upload(try pictureFile())
    }

    @Test func silentConnectionsAndTooManyOfThemKeepNobodyOut() throws {
        var limits = ServingLimits()
        limits.connectionCount = 4
        limits.silentSeconds = 600
        let page = try ServedPage(limits: limits)
        let silent = try (0..<6).map { _ in try LoopbackConnection(port: page.server.port) }
        for connection in silent { connection.send(Array("GET / HT".utf8)) }
        #expect(try page.ask("GET", "pictures").status == 200)
        withExtendedLifetime(silent) {}
    }

    /// However many requests come before the first answer is read, they are answered one after another.
    @Test func manyRequestsComeAtOnce() throws {
        let page = try ServedPage()
        let connection = try LoopbackConnection(port: page.server.port)
        let last = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
        connection.send(Array((String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 7000) + last).utf8))
        let answers = String(decoding: connection.receiveAll(), as: UTF8.self)
        #expect(answers.components(separatedBy: "HTTP/1.1 ").count - 1 == 7001)
        #expect(try page.ask("GET", "pictures").status == 200)
    }

    @Test func severalRequestsGoOverOneConnection() throws {
        let page = try ServedPage()
        let file = try pictureFile()
        let host = "Host: 127.0.0.1:\(page.server.port)"
        let requests =
            Array(
                "POST /\(page.key)/pictures?name=a.png&model=0 HTTP/1.1\r\n\(host)\r\nContent-Length: \(file.count)\r\n\r\n".utf8)
            + file + Array("GET /\(page.key)/settings HTTP/1.1\r\n\(host)\r\nConnection: close\r\n\r\n".utf8)
        let connection = try LoopbackConnection(port: page.server.port)
        connection.send(requests)
        let text = String(decoding: connection.receiveAll(), as: UTF8.self)
        #expect(text.contains("HTTP/1.1 201 Created") && text.contains("HTTP/1.1 200 OK") && text.contains("\"models\""))
    }
}
