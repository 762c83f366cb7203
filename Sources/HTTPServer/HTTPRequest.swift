/// A request; while its head is looked at, its body is still to come.
public struct HTTPRequest: Sendable, Equatable {
    /// What of a body is announced by the head.
    public enum BodyLength: Sendable, Equatable {
        /// There is none.
        case none
        /// So many bytes.
        case bytes(Int)
        /// A body of any length, in pieces.
        case unknown
    }

    /// `GET`, `HEAD` and so on, as it was sent.
    public let method: String
    /// The path without its query, its escapes resolved.
    public let path: String
    /// The names of the query with their values; of a name that stands twice the last one.
    public let query: [String: String]
    /// The value of the header `Authorization`.
    public let authorization: String?
    /// The value of the header `Origin`: only browsers send it.
    public let origin: String?
    /// What is announced to follow.
    public let bodyLength: BodyLength
    /// What the path has where the route's path has a name in braces.
    public internal(set) var parameters: [String: String] = [:]
    /// What has followed.
    public internal(set) var body: [UInt8] = []

    /// A head from its parts.
    public init(
        _ method: String,
        _ path: String,
        query: [String: String] = [:],
        headers: (authorization: String?, origin: String?) = (nil, nil),
        bodyLength: BodyLength = .none
    ) {
        self.method = method
        self.path = path
        self.query = query
        authorization = headers.authorization
        origin = headers.origin
        self.bodyLength = bodyLength
    }
}
