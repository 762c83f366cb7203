/// Why a session repository did not do what it was asked.
public struct SessionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The classes a caller can act on.
    public enum Code: String, Sendable {
        /// There is no session of that identity.
        case notFound = "not-found"
        /// The request can never succeed as it is: an empty name, a page 0.
        case invalid
        /// The database cannot be asked now; nothing was done.
        case unavailable
        /// The database was lost while it confirmed a change: it may have been done.
        case outcomeUnknown = "outcome-unknown"
        /// The database refuses: rights, room, a damaged file.
        case refused
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

    /// Whether the same request may succeed later; where the outcome is unknown it may be done
    /// twice then.
    public var isRetriable: Bool { code == .unavailable || code == .outcomeUnknown }

    /// The sentence alone.
    public var description: String { message }

    /// What a call about a session that is not there comes to.
    public static func noSession(_ id: SessionID) -> SessionError {
        SessionError(.notFound, "there is no session \(id)")
    }
}
