/// What the server answers.
public struct HTTPResponse: Sendable, Equatable {
    /// The media type of plain text.
    public static let plainText = "text/plain; charset=utf-8"
    /// The media type of JSON.
    public static let jsonType = "application/json"

    /// The status code.
    public let status: Int
    /// The media type of the body.
    public let contentType: String
    /// Further headers.
    public let headers: [Header]
    /// The body; not sent to who asked by HEAD.
    public let body: [UInt8]

    /// A name and a value.
    public struct Header: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// An answer from its parts.
    public init(
        status: Int = 200,
        contentType: String = HTTPResponse.plainText,
        headers: [Header] = [],
        body: [UInt8]
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// Some lines of plain text.
    public static func text(_ status: Int, _ text: String, _ headers: [Header] = []) -> HTTPResponse
    {
        HTTPResponse(status: status, headers: headers, body: Array((text + "\n").utf8))
    }

    /// A JSON text.
    public static func json(_ status: Int, _ json: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, contentType: jsonType, body: json + Array("\n".utf8))
    }
}
