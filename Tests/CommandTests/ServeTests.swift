import Foundation
import FoundationNetworking
import Testing

/// The page as the command offers it; `GraphServingTests` have the rest.
@Suite struct ServeTests {
    @Test func thePageEnlargesAsInferDoesAndEndsAtASignal() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("espcn") + ["-o", "model.gpack"]).success()
        let picture = try place.picture("small.png", width: 19, height: 11)
        _ = try place.graphrun("infer", "model.gpack", picture, "-o", "big.png").success()

        let process = Process()
        process.executableURL = Workplace.graphrun
        process.arguments = ["serve", place.url("model.gpack").path, "--threads", "1"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        let printed = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let address = try #require(printed.split(separator: "\n").first.flatMap { URL(string: String($0)) })
        #expect(address.host == "127.0.0.1" && printed.contains("Ctrl-C"))

        let query = try #require(URL(string: "pictures?name=small.png&model=0", relativeTo: address))
        var request = URLRequest(url: query)
        request.httpMethod = "POST"
        request.httpBody = Data(try place.bytes("small.png"))
        #expect(try answer(to: request).status == 201)
        let result = URLRequest(url: address.appendingPathComponent("pictures/1/result"))
        var last: (status: Int, body: [UInt8]) = (409, [])
        for _ in 0..<1000 where last.status == 409 {
            usleep(10_000)
            last = try answer(to: result)
        }
        #expect(last.body == (try place.bytes("big.png")))

        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    }

    @Test func whatCannotBeServedIsTold() throws {
        let place = try Workplace()
        let text = try place.graphrun("serve", "photo.png")
        #expect(text.status == 64 && text.errors.contains("photo.png is no model: those end in .gpack or .graph."))
        #expect(try place.graphrun("serve", "--port", "70000").errors.contains("--port is 70000; give 0 to 65535."))
        #expect(try place.graphrun("serve", "missing.gpack").failure().contains("missing.gpack"))
    }

    private func answer(to request: URLRequest) throws -> (status: Int, body: [UInt8]) {
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var answer: (status: Int, body: [UInt8])?
        URLSession.shared.dataTask(with: request) { data, response, _ in
            answer = ((response as? HTTPURLResponse)?.statusCode ?? 0, Array(data ?? Data()))
            done.signal()
        }.resume()
        done.wait()
        return try #require(answer)
    }
}
