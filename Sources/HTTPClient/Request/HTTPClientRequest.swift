/// What to ask, and how.
public struct HTTPClientRequest: Sendable, Hashable {
    /// What to do there.
    public enum Method: Sendable, Hashable {
        case get
        /// What is sent, and of which media type.
        case post(body: [UInt8], contentType: String)
    }

    /// An address that begins with `http://` or `https://`, with no credentials in it.
    public var url: String
    /// What to do there.
    public var method: Method
    /// Headers beside those of the client.
    public var headers: [HTTPHeader]
    /// Who asks.
    public var credential: HTTPCredential?
    /// Where it may go, and what it may take.
    public var access: HTTPAccess

    /// A request from its parts.
    public init(
        _ url: String,
        method: Method = .get,
        headers: [HTTPHeader] = [],
        credential: HTTPCredential? = nil,
        access: HTTPAccess = HTTPAccess()
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.credential = credential
        self.access = access
    }
}
