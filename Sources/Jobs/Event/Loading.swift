/// Keys whose values a registered loader fetches.
public struct Loading: Sendable, Equatable {
    /// The loader's registered name.
    public var loader: String
    /// Full Redis keys, at least one.
    public var keys: [String]
    /// How long the entries live, in whole milliseconds; nil leaves it to the cache's policy.
    public var timeToLive: Duration?
    /// Tags that every entry gets.
    public var tags: [String]

    /// A request to load `keys` by the loader of that name.
    public init(
        loader: String,
        keys: [String],
        timeToLive: Duration? = nil,
        tags: [String] = []
    ) {
        self.loader = loader
        self.keys = keys
        self.timeToLive = timeToLive
        self.tags = tags
    }
}
