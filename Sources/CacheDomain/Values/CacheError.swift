/// Why the cache did not do what it was asked.
public struct CacheError: Error, Sendable, CustomStringConvertible {
    /// The classes a caller can act on.
    public enum Code: String, Sendable, CaseIterable {
        /// The store cannot be reached: fall back to the source.
        case connection
        /// The store refuses this client, a special case of `connection`.
        case authentication
        /// The settings do not fit together.
        case configuration
        /// The store refused the operation.
        case operation
        /// A value cannot be encoded, or what is stored cannot be decoded.
        case serialization
        /// The key cannot be one.
        case key
        /// The time to live cannot be one.
        case timeToLive
    }

    /// What to do about it.
    public let code: Code
    /// What happened, in a sentence.
    public let message: String
    /// What it comes from.
    public let cause: (any Error)?

    /// An error from its parts.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// What a failure of the store means to a user of the cache.
    public init(_ error: StoreError) {
        let code: Code =
            switch error.code {
            case .unavailable, .outcomeUnknown: .connection
            case .denied: .authentication
            case .refused, .full, .invalid: .operation
            }
        self.init(code, error.message, cause: error)
    }

    /// Whether the store could not be reached, for whatever reason.
    public var isConnectionFailure: Bool { code == .connection || code == .authentication }

    /// Whether the same call may succeed later.
    public var isRetriable: Bool {
        (cause as? StoreError)?.isRetriable ?? (code == .connection)
    }

    /// The sentence, and the cause where that says more.
    public var description: String {
        guard let cause, !(cause is StoreError) else { return message }
        return "\(message): \(cause)"
    }
}
