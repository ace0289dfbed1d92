import Testing

@testable import GraphServing

/// Heads of requests are read in one way or refused.
@Suite struct HTTPRequestTests {
    @Test func aHeadIsRead() throws {
        let request = try HTTPRequest(
            Array("POST /a/b?name=x%20%C3%A4+y&model=2&empty HTTP/1.1\r\nHost: h\r\nContent-LENGTH:  12 \r\nX:".utf8))
        #expect(request.method == "POST" && request.path == "/a/b" && request.bodyByteCount == 12 && request.keepsConnection)
        #expect(request.query == ["name": "x ä+y", "model": "2", "empty": ""])
        #expect(request.fields == ["host": "h", "content-length": "12", "x": ""])
    }

    @Test(arguments: [
        "", "GET", "GET /", "GET / HTTP/2.0", "GET  / HTTP/1.1", "GET http://a/ HTTP/1.1", "GET / HTTP/1.1\nHost: a",
        "GET / HTTP/1.1\r\nHost : a", "GET / HTTP/1.1\r\n: a", "GET / HTTP/1.1\r\nno colon", "GET /\u{E4} HTTP/1.1",
        "GET / HTTP/1.1\r\nA: b\r\n c: d\u{0}", "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
        "GET / HTTP/1.1\r\nContent-Length: -1", "GET / HTTP/1.1\r\nContent-Length: +1",
        "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999", "GET / HTTP/1.1\r\nHost: a\rb",
    ])
    func whatIsUnclearIsRefused(_ head: String) {
        #expect(throws: HTTPStatus.badRequest) { try HTTPRequest(Array(head.utf8)) }
    }

    @Test func onlyBodiesOfKnownLengthAreTaken() {
        #expect(throws: HTTPStatus.lengthRequired) {
            try HTTPRequest(Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked".utf8))
        }
    }

    @Test func headsAreOfBoundedLength() throws {
        let page = try ServedPage()
        let long = Array("GET /\(String(repeating: "a", count: 20 << 10)) HTTP/1.1\r\n\r\n".utf8)
        #expect(try page.exchange(long).status == 431)
        #expect(try page.exchange([UInt8](repeating: 0x41, count: 20 << 10)).status == 431)
        #expect(try page.exchange(Array("\r\n\r\n".utf8)).status == 400)
    }
}
