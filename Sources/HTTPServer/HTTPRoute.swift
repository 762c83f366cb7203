/// A path, and who answers for it.
public struct HTTPRoute: Sendable {
    /// Who may ask.
    public enum Audience: Sendable {
        /// Everybody: a probe of a platform has no token.
        case everybody
        /// Who has the token, where there is one.
        case authorized
    }

    let method: String
    let path: String
    let audience: Audience
    let handler: @Sendable (HTTPRequest) -> HTTPResponse

    /// A route for one method; one for GET answers HEAD too.
    ///
    /// `handler` runs on the server's thread, so it must not block.
    public init(
        _ method: String,
        _ path: String,
        for audience: Audience = .authorized,
        _ handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) {
        self.method = method
        self.path = path
        self.audience = audience
        self.handler = handler
    }

    /// The methods it answers.
    var methods: [String] { method == "GET" ? ["GET", "HEAD"] : [method] }
}
