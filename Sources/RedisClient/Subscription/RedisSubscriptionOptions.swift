/// What to subscribe to, and how long silence may last.
public struct RedisSubscriptionOptions: Sendable {
    /// Channels by name.
    public var channels: [String]
    /// Channels by glob.
    public var patterns: [String] = []
    /// Beginnings of keys whose changes the server tells, too; none may begin with another.
    public private(set) var trackedPrefixes: [String] = []
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

    /// Hears of every change of a key that begins with one of these.
    ///
    /// By CLIENT TRACKING in its broadcasting mode, redirected by the connection to itself: RESP2
    /// has no other way to tell it, and one connection cannot lose its half.
    public init(trackedPrefixes: [String]) {
        self.init(channels: [Self.invalidationChannel])
        self.trackedPrefixes = trackedPrefixes
    }

    /// Where a server tells a connection with RESP2 what has changed.
    static let invalidationChannel = "__redis__:invalidate"
}
