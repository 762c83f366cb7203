import Telemetry

/// Finds who answers a request: a pure function of the request's head.
struct HTTPRouter: Sendable {
    private let routes: [HTTPRoute]
    private let token: Secret?

    init(_ routes: [HTTPRoute], token: Secret?) {
        self.routes = routes
        self.token = token
    }

    /// The answer; who has no token is not even told which paths there are.
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let candidates = routes.filter { $0.path == request.path }
        let isOpen = candidates.contains { $0.audience == .everybody }
        guard isOpen || isAuthorized(request) else {
            return .text(
                401,
                "this needs the header Authorization: Bearer with the token of HTTP_TOKEN",
                [.init(name: "WWW-Authenticate", value: "Bearer")]
            )
        }
        guard !candidates.isEmpty else { return .text(404, "there is nothing at this path") }
        guard let route = candidates.first(where: { $0.methods.contains(request.method) }) else {
            let methods = candidates.flatMap(\.methods).joined(separator: ", ")
            return .text(
                405,
                "this path answers \(methods) only",
                [.init(name: "Allow", value: methods)]
            )
        }
        guard !request.hasBody else { return .text(413, "this path takes no body") }
        return route.handler(request)
    }

    private func isAuthorized(_ request: HTTPRequest) -> Bool {
        guard let token else { return true }
        guard let (scheme, given) = request.authorization?.parts, scheme.lowercased() == "bearer"
        else { return false }
        return Self.isSame(Array(given.utf8), Array(token.revealed.utf8))
    }

    /// Compares in a time that tells nothing about where the texts part.
    private static func isSame(_ given: [UInt8], _ expected: [UInt8]) -> Bool {
        guard !expected.isEmpty else { return false }
        var difference = given.count ^ expected.count
        for index in given.indices {
            difference |= Int(given[index] ^ expected[index % expected.count])
        }
        return difference == 0
    }
}

extension String {
    /// The scheme and the credentials of an `Authorization`.
    fileprivate var parts: (scheme: Substring, credentials: Substring)? {
        guard let blank = firstIndex(of: " ") else { return nil }
        return (self[..<blank], self[blank...].drop { $0 == " " })
    }
}
