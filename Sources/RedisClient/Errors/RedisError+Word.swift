import EventLoop

extension RedisError {
    /// One word for metrics: of all that can happen a few are told apart.
    public var word: String {
        switch code {
        case .connection(let code): TransportError.word(of: code)
        case .authentication: "denied"
        case .timeout: "timeout"
        case .server(.loading): "loading"
        case .server(.readOnly): "read-only"
        case .server(.tooManyClients): "full"
        case .server(.noAuthentication), .server(.wrongPassword), .server(.noPermission),
            .server(.denied):
            "denied"
        case .server: "server"
        case .protocolViolation: "protocol"
        case .overloaded: "overloaded"
        case .tooLarge: "too-large"
        case .cancelled, .closed: "ended"
        }
    }
}
