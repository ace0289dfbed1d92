import GraphBasics
import GraphImaging

/// An answer. Every one of them forbids the browser to run, load or send anything but the page's own, to show the page
/// inside another, and to keep a copy.
struct HTTPResponse: Sendable {
    var status = HTTPStatus.ok
    var mediaType = "application/json"
    var body: Body
    /// Where else to look.
    var location: String?

    enum Body: Sendable {
        case bytes([UInt8])
        case file(NamelessFile, byteCount: Int)
    }

    var byteCount: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .file(_, let count): count
        }
    }

    static func json(_ text: String, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, body: .bytes(Array(text.utf8)))
    }

    /// What the page tells the one who looks at it.
    static func message(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        .json("{\"message\": \(jsonString(text))}\n", status)
    }

    static func picture(_ format: PictureFormat, _ file: NamelessFile, byteCount: Int) -> HTTPResponse {
        HTTPResponse(mediaType: format.mediaType, body: .file(file, byteCount: byteCount))
    }

    /// - Parameter keepsConnection: whether another request may follow.
    func head(keepsConnection: Bool) -> [UInt8] {
        var lines = [
            "HTTP/1.1 \(status.rawValue) \(status.reason)",
            "Content-Type: \(mediaType)",
            "Content-Length: \(byteCount)",
            "Connection: \(keepsConnection ? "keep-alive" : "close")",
        ]
        if let location { lines.append("Location: \(location)") }
        return Array((lines + Self.protection).joined(separator: "\r\n").utf8) + Array("\r\n\r\n".utf8)
    }

    private static let protection = [
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "Referrer-Policy: no-referrer",
        "Cross-Origin-Opener-Policy: same-origin",
        "Cross-Origin-Resource-Policy: same-origin",
        "Cache-Control: no-store",
    ]
}

extension PictureFormat {
    var mediaType: String {
        switch self {
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .webp: "image/webp"
        case .tiff: "image/tiff"
        case .heic: "image/heic"
        case .avif: "image/avif"
        case .jpegXL: "image/jxl"
        }
    }

    /// Whether most browsers show pictures of this format.
    var isShownByBrowsers: Bool {
        switch self {
        case .png, .jpeg, .webp, .avif: true
        case .tiff, .heic, .jpegXL: false
        }
    }
}
