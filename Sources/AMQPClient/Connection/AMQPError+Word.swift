import EventLoop

extension AMQPError {
    /// One word for metrics: of all that can happen a few are told apart.
    public var word: String {
        switch code {
        case .connection(let code): TransportError.word(of: code)
        case .authentication, .accessRefused, .notAllowed: "denied"
        case .connectionForced: "forced"
        case .timedOut: "timeout"
        case .heartbeatsMissed: "heartbeat"
        case .protocolViolation: "protocol"
        case .closedLocally, .cancelled: "ended"
        case .overloaded: "overloaded"
        case .notFound, .resourceLocked, .preconditionFailed, .contentTooLarge, .notImplemented,
            .brokerFailure, .other, .unroutable, .nacked, .blocked, .configuration:
            "server"
        }
    }
}
