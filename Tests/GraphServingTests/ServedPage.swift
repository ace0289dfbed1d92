import Foundation
import GraphEnlarging
import GraphImaging
import GraphModel
import Synchronization
import Testing

@testable import GraphServing

/// A page that is served while a test runs.
final class ServedPage {
    let server: PageServer
    private let isEnded = Flag()
    private let hasEnded = DispatchSemaphore(value: 0)

    private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

    /// Each pixel twice in both directions.
    static let twice = SourceText(
        """
        graph twice(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          x = f32(lr)
          image = u8(round(clip(depth_to_space(concat(x, x, x, x), block = 2), 0, 255)))
        }
        """, name: "twice.graph")

    /// So many convolutions that a picture takes a while.
    static let slow = SourceText(
        """
        graph slow(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          h = conv3x3<64>(f32(lr) / 255) @head
          repeat i in 0..<24 carry h { h = relu(conv3x3<64>(h) @body.{i}) }
          u = depth_to_space(conv3x3<12>(h) @tail, block = 2)
          image = u8(round(clip(255 * u, 0, 255)))
        }
        block conv3x3<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
          weight filter: f32[3, 3, C, out] ~ glorot_uniform
          y = conv2d(x, filter, pad = same)
        }
        """, name: "slow.graph")

    init(_ source: SourceText = twice, limits: ServingLimits = ServingLimits()) throws {
        let server = try PageServer([ServedModel("twice", Model(source: source))], threadCount: 2, limits: limits)
        self.server = server
        let (isEnded, hasEnded) = (isEnded, hasEnded)
        Thread.detachNewThread {
            try? server.run(until: { isEnded.isSet.load(ordering: .relaxed) })
            hasEnded.signal()
        }
    }

    deinit { end() }

    /// Ends the server, once.
    func end() {
        guard !isEnded.isSet.exchange(true, ordering: .relaxed) else { return }
        hasEnded.wait()
    }

    /// The part of every path that only the page knows.
    var key: String { String(server.address.split(separator: "/").last ?? "") }

    /// Asks as a browser does for the page, and reads all of the answer.
    func ask(
        _ method: String, _ path: String, host: String? = nil, fields: [String] = [], body: [UInt8] = [], withKey: Bool = true
    ) throws -> Answer {
        var head = ["\(method) \(withKey ? "/\(key)/" : "")\(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(server.port)")"]
        head += fields + ["Connection: close"]
        if !body.isEmpty { head.append("Content-Length: \(body.count)") }
        return try exchange(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// Sends these bytes and reads until the server closes the connection.
    func exchange(_ bytes: [UInt8]) throws -> Answer {
        let connection = try LoopbackConnection(port: server.port)
        connection.send(bytes)
        return try #require(Answer(connection.receiveAll()))
    }

    /// Sends a picture; returns its number.
    func upload(_ bytes: [UInt8], name: String = "photo.png", format: String? = nil) throws -> Int {
        let query = "pictures?name=\(name)&model=0" + (format.map { "&format=\($0)" } ?? "")
        let answer = try ask("POST", query, body: bytes)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.object["number"] as? Int)
    }

    /// What the page is told of a picture.
    func picture(_ number: Int) throws -> [String: Any]? {
        let pictures = try #require(try ask("GET", "pictures").object["pictures"] as? [[String: Any]])
        return pictures.first { $0["number"] as? Int == number }
    }

    /// The picture when it is finished or has failed.
    func ended(_ number: Int) throws -> [String: Any] {
        for _ in 0..<3000 {
            let picture = try #require(try picture(number))
            if ["finished", "failed"].contains(picture["stage"] as? String) { return picture }
            usleep(10_000)
        }
        throw CancellationError()
    }
}

/// A small picture's file.
func pictureFile(width: Int = 13, height: Int = 7, _ format: PictureFormat = .png, layout: PixelLayout = .rgb8) throws -> [UInt8]
{
    let writer = try PictureEncoding(format)
        .writer(to: .memory, size: PictureSize(width: width, height: height), layout: layout, metadata: PictureMetadata())
    for y in 0..<height {
        let row = (0..<width * layout.byteCount).map { UInt8(($0 * 7 + y * 31) % 250) }
        try row.withUnsafeBufferPointer { (bytes) throws(ImageError) in try writer.writeRow(UnsafeRawBufferPointer(bytes)) }
    }
    try writer.finish()
    return writer.bytes
}
