/// What to subscribe to, and how long silence may last.
public struct RedisSubscriptionOptions: Sendable {
    /// Channels by name.
    public var channels: [String]
    /// Channels by glob.
    public var patterns: [String] = []
    /// A link that was silent this long is asked for a sign of life.
    public var pingInterval: Duration = .seconds(1)
    /// How long it may take to answer; silence beyond this ends the connection.
    public var pingTimeout: Duration = .seconds(2)
    /// What may wait for a slow subscriber before the connection is given up.
    public var maxBufferedMessages = 10_000
    /// The same in bytes of payload.
    public var maxBufferedBytes = 32 << 20

    /// Subscribes to these, with the usual limits.
    public init(channels: [String], patterns: [String] = []) {
        self.channels = channels
        self.patterns = patterns
    }
}
