import Codecs

/// Why a request is refused: a status, a word for programs and a sentence for people.
public struct HTTPProblem: Error, Sendable, Equatable {
    /// The status code.
    public let status: Int
    /// A word that stays as it is: `not-found`.
    public let code: String
    /// What is wrong and what to do.
    public let message: String
    /// Further headers.
    public let headers: [HTTPResponse.Header]

    /// A problem from its parts.
    public init(
        _ status: Int,
        _ code: String,
        _ message: String,
        _ headers: [HTTPResponse.Header] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    /// As JSON: `{"error":{"code":"not-found","message":"…"}}`.
    public var json: [UInt8] {
        var json = Array("{\"error\":{\"code\":".utf8)
        json.appendJSONString(code)
        json += Array(",\"message\":".utf8)
        json.appendJSONString(message)
        return json + Array("}}\n".utf8)
    }

    /// The answer where programs ask, below `/api/`, is JSON; elsewhere it is a line of text.
    public func response(at path: String) -> HTTPResponse {
        guard path.hasPrefix(Self.programs) else { return .text(status, message, headers) }
        return HTTPResponse(
            status: status,
            contentType: HTTPResponse.jsonType,
            headers: headers,
            body: json
        )
    }

    private static let programs = "/api/"
}
