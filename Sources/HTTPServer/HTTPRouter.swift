import Telemetry

/// Finds who answers a request: a pure function of the request's head.
struct HTTPRouter: Sendable {
    private let routes: [HTTPRoute]
    private let token: Secret?
    private static let readingMethods = ["GET", "HEAD"]

    init(_ routes: [HTTPRoute], token: Secret?) {
        self.routes = routes
        self.token = token
    }

    /// Who answers, with what the path says; who has no token is not even told which paths there
    /// are.
    func route(
        _ request: HTTPRequest
    ) throws(HTTPProblem) -> (route: HTTPRoute, parameters: [String: String]) {
        let candidates = routes.compactMap { route in
            route.path.match(request.path).map { (route: route, parameters: $0) }
        }
        let isOpen = candidates.contains { $0.route.audience == .everybody }
        guard isOpen || isAuthorized(request) else {
            throw HTTPProblem(
                401,
                "unauthorized",
                "this needs the header Authorization: Bearer with the token of HTTP_TOKEN",
                [.init(name: "WWW-Authenticate", value: "Bearer")]
            )
        }
        guard !candidates.isEmpty else {
            throw HTTPProblem(404, "not-found", "there is nothing at this path")
        }
        guard let found = candidates.first(where: { $0.route.methods.contains(request.method) })
        else {
            let methods = candidates.flatMap(\.route.methods).joined(separator: ", ")
            throw HTTPProblem(
                405,
                "method-not-allowed",
                "this path answers \(methods) only",
                [.init(name: "Allow", value: methods)]
            )
        }
        try checkOrigin(of: request)
        try check(request.bodyLength, for: found.route)
        return found
    }

    /// A page of any site may let a browser send a request to this machine, but not with a token.
    private func checkOrigin(of request: HTTPRequest) throws(HTTPProblem) {
        guard token == nil, request.origin != nil,
            !Self.readingMethods.contains(request.method)
        else { return }
        throw HTTPProblem(
            403,
            "forbidden",
            "a browser changes nothing here without a token; set HTTP_TOKEN"
        )
    }

    private func check(
        _ length: HTTPRequest.BodyLength,
        for route: HTTPRoute
    ) throws(HTTPProblem) {
        switch length {
        case .none, .bytes(0...route.maxBodyBytes): return
        case _ where route.maxBodyBytes == 0:
            throw HTTPProblem(413, "too-large", "this path takes no body")
        case .bytes:
            throw HTTPProblem(
                413,
                "too-large",
                "this path takes a body of \(route.maxBodyBytes) bytes at most"
            )
        case .unknown:
            throw HTTPProblem(
                411,
                "length-required",
                "the header Content-Length is missing, or no number"
            )
        }
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
