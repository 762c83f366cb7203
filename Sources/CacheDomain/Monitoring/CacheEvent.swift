/// What a cache has done, with how long it took by a clock that only goes forward.
public enum CacheEvent: Sendable, Equatable {
    /// A key was made from a text.
    case madeKey(KeyReport)
    /// A value was asked for, or given.
    case called(CallReport)
    /// A value was compressed on its way into the cache.
    case compressed(CompressionReport)
    /// Values were removed before their time.
    case invalidated(InvalidationReport)
}
