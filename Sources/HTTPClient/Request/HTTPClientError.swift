/// Why there is no response, or not the one that was wanted.
///
/// No error holds credentials, or what follows the host in an address.
public struct HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The classes a caller can act on.
    public enum Code: Sendable, Hashable {
        /// The request cannot be sent as it is.
        case invalidRequest
        /// The host is not one of those that may be asked.
        case refusedHost
        /// The host has an address that may not be connected to.
        case refusedAddress
        /// The server leads to another host, or on and on.
        case refusedRedirect
        /// The answer is larger than it may be.
        case tooLarge
        /// The file of the credentials cannot be used.
        case credential
        /// The host has no address.
        case unresolvable
        /// There is no connection to the host.
        case unreachable
        /// It took longer than it may.
        case timedOut
        /// The connection broke before the answer was whole.
        case connectionLost
        /// The certificate of the server is not believed.
        case untrusted
        /// What came is no HTTP.
        case notHTTP
        /// The server answered with a status that is no success.
        case status(Int)
        /// Too many callers wait already.
        case overloaded
        /// The caller was cancelled.
        case cancelled
        /// Anything else, as the library tells it.
        case other
    }

    /// What to do about it.
    public let code: Code
    /// What happened, in a sentence.
    public let message: String
    /// How long the server wants to be left alone, where it says so.
    public let retryAfter: Duration?

    /// An error from its class and sentence.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed later with nobody changing it or the server's rules.
    ///
    /// A file of credentials may be on its way, and what is no HTTP may be a server that starts.
    public var isRetriable: Bool {
        switch code {
        case .credential, .unresolvable, .unreachable, .timedOut, .connectionLost, .notHTTP,
            .overloaded, .cancelled:
            true
        // Too Many Requests, Request Timeout and Too Early say: later.
        case .status(let status): status >= 500 || [408, 425, 429].contains(status)
        case .invalidRequest, .refusedHost, .refusedAddress, .refusedRedirect, .tooLarge,
            .untrusted, .other:
            false
        }
    }

    /// The sentence alone.
    public var description: String { message }
}
