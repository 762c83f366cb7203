public import EventLoop

/// Why an AMQP operation failed: a code to decide by, and a sentence to read.
public struct AMQPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, to decide by.
    public enum Code: Sendable, Hashable {
        /// There is no connection, or it broke off.
        case connection(TransportError.Code)
        /// The broker refused user or password.
        case authentication
        /// The user lacks a right, or the virtual host refuses the user.
        case accessRefused
        /// Exchange, queue or virtual host does not exist.
        case notFound
        /// Another connection holds the queue for itself.
        case resourceLocked
        /// It exists with other properties, or a delivery was unknown to the broker.
        case preconditionFailed
        /// The message is larger than the broker takes.
        case contentTooLarge
        /// The operator or a shutdown closed the connection.
        case connectionForced
        /// The broker's policy forbids it: virtual host, connection limit.
        case notAllowed
        /// The broker does not know how to do this.
        case notImplemented
        /// The broker failed inside, or lacks a resource.
        case brokerFailure
        /// A reply code of the broker that has no case of its own.
        case other(UInt16)
        /// No answer in time.
        case timedOut
        /// The broker was silent for two heartbeats.
        case heartbeatsMissed
        /// Bytes that are not the protocol, or not in their place.
        case protocolViolation
        /// No queue took the message.
        case unroutable
        /// The broker refused the message: a full queue, or a failure inside.
        case nacked
        /// The broker's memory or disk alarm kept the message here until its deadline.
        case blocked
        /// Too many callers wait already.
        case overloaded
        /// This side closed the connection.
        case closedLocally
        /// The task was cancelled.
        case cancelled
        /// A value that cannot work: a URL, a name of more than 255 bytes.
        case configuration
    }

    /// What went wrong.
    public let code: Code
    /// What happened and what to do.
    public let message: String
    /// Whether the operation may have happened in spite of the error.
    public let isOutcomeUnknown: Bool

    /// An error from its parts.
    public init(_ code: Code, _ message: String, isOutcomeUnknown: Bool = false) {
        self.code = code
        self.message = message
        self.isOutcomeUnknown = isOutcomeUnknown
    }

    /// Whether the same operation may succeed later with nobody changing anything.
    public var isRetriable: Bool {
        switch code {
        case .connection, .resourceLocked, .connectionForced, .brokerFailure, .timedOut,
            .heartbeatsMissed, .nacked, .blocked, .overloaded, .other:
            true
        case .authentication, .accessRefused, .notFound, .preconditionFailed, .contentTooLarge,
            .notAllowed, .notImplemented, .protocolViolation, .unroutable, .closedLocally,
            .cancelled, .configuration:
            false
        }
    }

    /// The message.
    public var description: String { message }

    /// The same failure of something that was on its way when it happened.
    var withUnknownOutcome: AMQPError { AMQPError(code, message, isOutcomeUnknown: true) }

    /// What became of a socket, in the words of this module.
    init(_ error: TransportError) {
        self.init(
            error.code == .closedLocally ? .closedLocally : .connection(error.code),
            error.message
        )
    }
}
