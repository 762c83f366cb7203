/// How a consumer or publisher is doing, for readiness and metrics.
public struct AMQPStatus: Sendable, Hashable {
    /// How often a connection was opened.
    public internal(set) var connectionCount = 0
    /// Attempts that failed and connections that were lost, by the word of their error.
    public internal(set) var failures: [String: Int] = [:]
    /// Whether there is a connection now.
    public internal(set) var isConnected = false
    /// Why there is no connection, or why the last one ended.
    public internal(set) var lastError: AMQPError?
    /// What is not in order although there is a connection.
    public internal(set) var problems: [AMQPProblem] = []
    /// Whether everything was set up on this connection.
    public internal(set) var isSetUp = false
    /// The broker's words while an alarm keeps it from taking messages.
    public internal(set) var blockedReason: String?

    /// Whether work can be done: connected, set up, nothing missing, not blocked.
    public var isReady: Bool {
        isConnected && isSetUp && problems.isEmpty && blockedReason == nil
    }

    /// Not connected yet.
    public init() {}
}
