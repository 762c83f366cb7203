/// What a server answered, whatever it means; redirects are followed already.
public struct HTTPClientResponse: Sendable, Equatable {
    /// The status code.
    public let status: Int
    /// The headers in their order, their names in small letters.
    public let headers: [(name: String, value: String)]
    /// The whole body.
    public let body: [UInt8]
    /// Where it came from, after redirects.
    public let url: String
    /// How long the server wants to be left alone, where it says so.
    public let retryAfter: Duration?

    /// A response from its parts.
    public init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        url: String = "",
        retryAfter: Duration? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
        self.retryAfter = retryAfter
    }

    /// The value of the first header of that name.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name == name }?.value
    }

    /// Itself, if the server did what it was asked (200 to 299).
    ///
    /// - Throws: `status` with the code; retriable where the server may do it later.
    public func success() throws(HTTPClientError) -> HTTPClientResponse {
        guard (200..<300).contains(status) else {
            throw HTTPClientError(
                .status(status),
                "the server answered with status \(status)",
                retryAfter: retryAfter
            )
        }
        return self
    }

    /// Whether they are the same to the byte.
    public static func == (one: HTTPClientResponse, other: HTTPClientResponse) -> Bool {
        one.status == other.status && one.body == other.body && one.url == other.url
            && one.retryAfter == other.retryAfter
            && one.headers.elementsEqual(other.headers, by: ==)
    }
}
