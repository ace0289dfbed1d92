/// Lets through what the page itself asks for, and nothing else.
///
/// The page's address holds a key that no other page, and no other user of the machine, can know. Beyond that a request must
/// name this address as its host, so that no name of another site can lead here, and must not come from another origin.
struct RequestGuard: Hashable, Sendable {
    let port: Int
    /// A part of every path.
    let key: String

    init(port: Int) {
        self.port = port
        var generator = SystemRandomNumberGenerator()
        key = (0..<32).map { _ in String(Int.random(in: 0..<16, using: &generator), radix: 16) }.joined()
    }

    /// Of the page.
    var address: String { "http://127.0.0.1:\(port)/\(key)/" }

    private var hosts: [String] { ["127.0.0.1:\(port)", "localhost:\(port)"] }

    /// - Returns: the path behind the key.
    /// - Throws: what is answered to a request that does not come from the page.
    func path(of request: HTTPRequest) throws(Refusal) -> Substring {
        guard let host = request.fields["host"], hosts.contains(host.lowercased()) else { throw .otherHost }
        if let origin = request.fields["origin"], origin != "http://\(host)" { throw .otherOrigin }
        // "none" is an address that was typed or clicked outside of any page.
        if let site = request.fields["sec-fetch-site"], !["same-origin", "none"].contains(site) { throw .otherOrigin }
        let parts = request.path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0] == key else { throw .lacksKey }
        guard parts.count == 2 else { throw .lacksSlash }
        return parts[1]
    }

    enum Refusal: Error, Hashable {
        case otherHost, otherOrigin, lacksKey
        /// The page's address but for its last character.
        case lacksSlash
    }

    func answer(to refusal: Refusal) -> HTTPResponse {
        switch refusal {
        case .otherHost: .message(.forbidden, "this page answers at http://127.0.0.1:\(port) alone")
        case .otherOrigin: .message(.forbidden, "this page answers to itself alone, not to pages of other addresses")
        case .lacksKey: .message(.notFound, "open the whole address that the command prints")
        case .lacksSlash: HTTPResponse(status: .movedPermanently, body: .bytes([]), location: "/\(key)/")
        }
    }
}
