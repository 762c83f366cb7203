/// What a subscriber hears, in the order in which it happened.
public enum RedisSubscriptionEvent: Sendable {
    /// Every channel is subscribed; messages published from now on will be heard.
    case connected(generation: UInt64)
    case message(RedisMessage)
    /// Tracked keys have changed; nil: perhaps all there are, since the server was emptied.
    case changed(keys: [ArraySlice<UInt8>]?)
    /// Messages published from now until the next `connected` are lost.
    case disconnected(RedisError)
}

/// A message of a channel.
public struct RedisMessage: Sendable {
    /// The pattern it matched, for pattern subscriptions.
    public let pattern: ArraySlice<UInt8>?
    /// Where it was published.
    public let channel: ArraySlice<UInt8>
    /// What was published.
    public let payload: ArraySlice<UInt8>
}
