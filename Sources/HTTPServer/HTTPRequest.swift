/// The head of a request.
public struct HTTPRequest: Sendable, Equatable {
    /// `GET`, `HEAD` and so on, as it was sent.
    public let method: String
    /// The path without its query.
    public let path: String
    /// The value of the header `Authorization`.
    public let authorization: String?
    /// Whether a body follows.
    public let hasBody: Bool

    /// A head from its parts.
    public init(
        method: String,
        path: String,
        authorization: String? = nil,
        hasBody: Bool = false
    ) {
        self.method = method
        self.path = path
        self.authorization = authorization
        self.hasBody = hasBody
    }
}
