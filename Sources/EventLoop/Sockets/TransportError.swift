import Glibc

/// Why there is no connection, or no longer one.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a program can tell apart.
    public enum Code: Sendable, Hashable {
        /// The host name has no address.
        case unresolvable
        /// Nobody listens there.
        case refused
        /// No address answered in time, or the peer stopped acknowledging.
        case timedOut
        /// The peer closed the connection in order.
        case closedByPeer
        /// The connection broke off.
        case reset
        /// There is no way to the host.
        case unreachable
        /// This side closed the connection.
        case closedLocally
        /// Another error number of the operating system.
        case system(Int32)
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, for people.
    public let message: String

    /// A failure with its sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// What the last system call of this thread said.
    static func fromErrno(_ call: String) -> TransportError { errno(Glibc.errno, call) }

    static func errno(_ number: Int32, _ context: String) -> TransportError {
        let code: Code =
            switch number {
            case ECONNREFUSED, ENOENT: .refused
            case ETIMEDOUT: .timedOut
            case ECONNRESET, EPIPE, ECONNABORTED: .reset
            case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL: .unreachable
            default: .system(number)
            }
        let text = unsafe strerror(number).map { unsafe String(cString: $0) }
        return TransportError(code, "\(context): \(text ?? "error \(number)")")
    }
}
