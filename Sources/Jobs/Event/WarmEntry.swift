/// One entry to put into the cache.
public struct WarmEntry: Sendable, Equatable {
    /// The full Redis key.
    public var key: String
    /// The value as JSON text, byte for byte as the producer wrote it.
    public var value: [UInt8]
    /// How long the entry lives, in whole milliseconds; nil leaves it to the cache's policy.
    public var timeToLive: Duration?
    /// Tags that the entry gets.
    public var tags: [String]

    /// An entry whose `value` is JSON text.
    public init(key: String, value: [UInt8], timeToLive: Duration? = nil, tags: [String] = []) {
        self.key = key
        self.value = value
        self.timeToLive = timeToLive
        self.tags = tags
    }
}
