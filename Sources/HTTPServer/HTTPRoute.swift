/// A path, and who answers for it.
public struct HTTPRoute: Sendable {
    /// Who may ask.
    public enum Audience: Sendable {
        /// Everybody: a probe of a platform has no token.
        case everybody
        /// Who has the token, where there is one.
        case authorized
    }

    /// How an answer comes about.
    enum Handler: Sendable {
        /// At once, on the server's thread.
        case immediate(@Sendable (HTTPRequest) -> HTTPResponse)
        /// Some time later, in the task of the server's `run`.
        case deferred(@Sendable (HTTPRequest) async -> HTTPResponse)
    }

    let method: String
    let path: HTTPPath
    let audience: Audience
    /// The largest body it takes.
    let maxBodyBytes: Int
    let handler: Handler

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
        self.path = HTTPPath(path)
        self.audience = audience
        maxBodyBytes = 0
        self.handler = .immediate(handler)
    }

    /// A route whose answer has to be waited for; only who has the token may ask.
    ///
    /// A name in braces, `/entries/{name}`, stands for any text of one part of the path.
    public init(
        _ method: String,
        _ path: String,
        maxBodyBytes: Int = 0,
        deferred handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        self.method = method
        self.path = HTTPPath(path)
        audience = .authorized
        self.maxBodyBytes = maxBodyBytes
        self.handler = .deferred(handler)
    }

    /// The methods it answers.
    var methods: [String] { method == "GET" ? ["GET", "HEAD"] : [method] }
}
