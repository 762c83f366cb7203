public import EventLoop

/// Why a command has no good answer.
public struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Sendable, Hashable {
        /// There is no connection, or it broke.
        case connection(TransportError.Code)
        /// The server does not accept the user or the password.
        case authentication
        /// No answer in time; the connection was given up.
        case timeout
        /// The server answered with an error.
        case server(ServerErrorCode)
        /// The peer does not speak RESP2, or sent more than is allowed.
        case protocolViolation
        /// Too many callers wait for this connection already.
        case overloaded
        /// The command is larger than Redis takes.
        case tooLarge
        /// The calling task was cancelled.
        case cancelled
        /// The connection was closed on this side.
        case closed
    }

    /// What is known about the commands' effect.
    public enum Outcome: Sendable, Hashable {
        /// Not a byte left: nothing happened.
        case notSent
        /// They were written but not answered: they may have been executed.
        case unknown
        /// The server answered.
        case answered
    }

    /// The kind of failure, to decide by.
    public let code: Code
    /// What happened and what to do, for people.
    public let message: String
    /// What is known about the commands' effect.
    public let outcome: Outcome

    /// An error from its parts.
    public init(_ code: Code, _ message: String, outcome: Outcome) {
        self.code = code
        self.message = message
        self.outcome = outcome
    }

    /// The message.
    public var description: String { message }

    /// Whether the commands may or may not have been executed.
    public var isOutcomeUnknown: Bool { outcome == .unknown }

    /// Whether the same command may succeed later, after the remedy where a server error has one.
    ///
    /// With an unknown outcome a retry may execute the command a second time.
    public var isRetriable: Bool {
        switch code {
        case .connection, .timeout, .overloaded, .protocolViolation: true
        case .server(let code): code.remedy != .none
        case .authentication, .tooLarge, .cancelled, .closed: false
        }
    }

    /// The same failure for commands with another fate.
    func with(outcome: Outcome) -> RedisError { RedisError(code, message, outcome: outcome) }
}

extension RedisError {
    static func server(reply: ArraySlice<UInt8>) -> RedisError {
        // A message of the server may quote arguments: it is cut.
        let text = String(decoding: reply.prefix(maxServerMessageBytes), as: UTF8.self)
        return RedisError(.server(ServerErrorCode(reply: reply)), text, outcome: .answered)
    }

    private static let maxServerMessageBytes = 512

    static func protocolViolation(_ what: String) -> RedisError {
        RedisError(
            .protocolViolation,
            "the peer broke the Redis protocol: \(what); check that the address is a Redis server",
            outcome: .unknown
        )
    }

    static func connection(_ error: TransportError, outcome: Outcome) -> RedisError {
        RedisError(.connection(error.code), "no Redis connection: \(error)", outcome: outcome)
    }

    static func cancelled(outcome: Outcome) -> RedisError {
        RedisError(.cancelled, "the task was cancelled", outcome: outcome)
    }

    static func closed(_ endpoint: Endpoint) -> RedisError {
        RedisError(.closed, "the connection to \(endpoint) has been closed here", outcome: .notSent)
    }

    static func overloaded(_ configuration: RedisConfiguration) -> RedisError {
        RedisError(
            .overloaded,
            "\(configuration.maxWaitingPipelines) callers wait for "
                + "\(configuration.endpoint) already",
            outcome: .notSent
        )
    }

    /// The connection works, but the call did not get its turn.
    static func busy(_ configuration: RedisConfiguration) -> RedisError {
        RedisError(
            .timeout,
            "the connection to \(configuration.endpoint) had no room in time",
            outcome: .notSent
        )
    }

    static func timeout(_ configuration: RedisConfiguration) -> RedisError {
        RedisError(
            .timeout,
            "\(configuration.endpoint) did not answer in time; the connection was given up",
            outcome: .unknown
        )
    }

    static func wrongServer(_ code: ServerErrorCode, _ endpoint: Endpoint) -> RedisError {
        RedisError(
            .server(code),
            "\(endpoint) cannot serve now (\(code)); the connection is made anew",
            outcome: .unknown
        )
    }

    static func lagging(maxMessages: Int) -> RedisError {
        RedisError(
            .overloaded,
            "the subscriber is more than \(maxMessages) messages behind; it starts anew",
            outcome: .notSent
        )
    }
}
