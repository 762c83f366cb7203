/// Why the remote store or the coherence log did not do what it was asked.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The classes a caller can act on.
    public enum Code: String, Sendable {
        /// There is no connection; nothing was done.
        case unavailable
        /// The connection was lost or fell silent after the request left: it may have been done.
        case outcomeUnknown
        /// The server is up and refuses for now: loading, read-only, busy.
        case refused
        /// The server has no memory left: it takes nothing new, but still removes.
        case full
        /// The server refuses this client: password, rights.
        case denied
        /// The request can never succeed as it is: a key of another type, for example.
        case invalid
    }

    /// What to do about it.
    public let code: Code
    /// What happened, in a sentence.
    public let message: String

    /// An error from its class and sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the same request may succeed later.
    ///
    /// Requests are idempotent, so one whose outcome is unknown is made again.
    public var isRetriable: Bool { code != .invalid }

    /// The sentence alone.
    public var description: String { message }
}
