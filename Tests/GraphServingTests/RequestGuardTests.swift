import Foundation
import Testing

@testable import GraphServing

/// Who may not use the page, and what nobody can read by it.
@Suite struct RequestGuardTests {
    @Test func otherNamesOfTheMachineAreRefused() throws {
        let page = try ServedPage()
        let port = page.server.port
        for host in ["attacker.example:\(port)", "127.0.0.1", "127.0.0.1:\(port + 1)", "127.0.0.1.example:\(port)", ""] {
            #expect(try page.ask("GET", "pictures", host: host).status == 403, "\(host)")
        }
        #expect(try page.ask("GET", "pictures", host: "localhost:\(port)").status == 200)
        let twoHosts = try page.exchange(Array("GET /\(page.key)/ HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nHost: a\r\n\r\n".utf8))
        #expect(twoHosts.status == 400)
        let none = try page.exchange(Array("GET /\(page.key)/ HTTP/1.1\r\nConnection: close\r\n\r\n".utf8))
        #expect(none.status == 403)
    }

    @Test func otherOriginsAreRefused() throws {
        let page = try ServedPage()
        let port = page.server.port
        let file = try pictureFile()
        for field in [
            "Origin: http://attacker.example", "Origin: null", "Origin: http://127.0.0.1:\(port + 1)",
            "Origin: https://127.0.0.1:\(port)", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
        ] {
            for (method, path, body) in [
                ("POST", "pictures?name=a.png&model=0", file), ("DELETE", "pictures", []), ("GET", "pictures", []),
            ] {
                let answer = try page.ask(method, path, fields: [field], body: body)
                #expect(answer.status == 403, "\(field) \(method)")
                #expect(!answer.fields.keys.contains { $0.hasPrefix("access-control") })
            }
        }
        let own = ["Origin: http://127.0.0.1:\(port)", "Sec-Fetch-Site: same-origin"]
        #expect(try page.ask("POST", "pictures?name=a.png&model=0", fields: own, body: file).status == 201)
        // What a browser asks before it lets another page send something.
        #expect(try page.ask("OPTIONS", "pictures", fields: ["Origin: http://attacker.example"]).status == 403)
        #expect(try page.ask("OPTIONS", "pictures").status == 405)
    }

    @Test func withoutTheKeyNothingIsThere() throws {
        let page = try ServedPage()
        let wrongKey = String(page.key.reversed())
        for path in ["/", "/pictures", "/settings", "/\(wrongKey)/", "/\(wrongKey)/pictures", "/\(page.key.dropLast())/", "//"] {
            let answer = try page.ask("GET", path, withKey: false)
            #expect(answer.status == 404 && !answer.text.contains(page.key), "\(path)")
        }
        let other = try ServedPage()
        #expect(page.key.count == 32 && page.key != other.key)
    }

    @Test func noFileOfTheMachineIsRead() throws {
        let page = try ServedPage()
        for path in [
            "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "pictures/../../etc/passwd",
            "pictures/1/../../../etc/passwd", "pictures//etc/passwd", "page.html", "Page/page.html", "pictures/-1/result",
            "pictures/1/upload", "file:///etc/passwd",
        ] {
            let answer = try page.ask("GET", path)
            #expect(answer.status == 404 && !answer.text.contains("root:"), "\(path)")
        }
        let absolute = try page.exchange(Array("GET file:///etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8))
        #expect(absolute.status == 400)
    }

    @Test func everyAnswerKeepsTheBrowserToThePage() throws {
        let page = try ServedPage()
        for path in ["", "pictures", "nothing"] {
            let fields = try page.ask("GET", path).fields
            let policy = try #require(fields["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe") && !policy.contains("http"))
            #expect(fields["x-content-type-options"] == "nosniff" && fields["referrer-policy"] == "no-referrer")
            #expect(fields["cross-origin-resource-policy"] == "same-origin" && fields["cache-control"] == "no-store")
        }
    }
}
