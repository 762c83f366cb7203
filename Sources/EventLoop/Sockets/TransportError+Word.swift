extension TransportError {
    /// One word for metrics: of all that can happen a few are told apart.
    public static func word(of code: Code) -> String {
        switch code {
        case .unresolvable: "unresolvable"
        case .refused: "refused"
        case .timedOut: "timeout"
        case .closedByPeer: "closed"
        case .reset: "reset"
        case .unreachable: "unreachable"
        case .closedLocally: "ended"
        case .system: "system"
        }
    }
}
