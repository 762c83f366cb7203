/// What a connection has done since it was made.
public struct RedisConnectionStatistics: Sendable, Hashable {
    /// Pipelines and commands written.
    public var pipelines = 0
    /// Commands written.
    public var commands = 0
    /// Calls that had to wait for the connection or for room in it.
    public var delayed = 0
    /// Calls that got no turn, and connections given up because an answer was late.
    public var timeouts = 0
    /// How many times the connection became ready.
    public var connections = 0
    /// Attempts that failed and connections that were lost, by the word of their error.
    public var failures: [String: Int] = [:]
}
