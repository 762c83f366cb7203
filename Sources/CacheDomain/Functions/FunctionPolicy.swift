/// How the results of a function are kept.
public struct FunctionPolicy: Sendable, Hashable {
    /// How long a function may run unless it is told otherwise: the cache sets no other limit.
    public static let maxRunTime = Duration.seconds(3600)

    /// How long results live; nil: as long as other values of the cache.
    public var timeToLive: Duration?
    /// How long it is remembered that the function gave nil; nil: it runs again each time.
    public var absenceTime: Duration?
    /// A result that is older is made anew, and `stale` says who gets it meanwhile; nil: results
    /// are fresh as long as they live.
    public var freshTime: Duration?
    /// Who gets a result that is older than it should be.
    public var stale: ReadPolicy
    /// How eagerly a result is made anew behind its readers before it is stale; nil: not before.
    public var earlyRefresh: EarlyRefresh?
    /// Tags of the results.
    public var tags: [String]
    /// A function that runs longer is cancelled, and its callers get `LoadError.timedOut`.
    public var runTime: Duration

    /// A policy from its parts.
    public init(
        timeToLive: Duration? = nil,
        absenceTime: Duration? = nil,
        freshTime: Duration? = nil,
        stale: ReadPolicy = .askStore,
        earlyRefresh: EarlyRefresh? = nil,
        tags: [String] = [],
        runTime: Duration = Self.maxRunTime
    ) {
        self.timeToLive = timeToLive
        self.absenceTime = absenceTime
        self.freshTime = freshTime
        self.stale = stale
        self.earlyRefresh = earlyRefresh
        self.tags = tags
        self.runTime = runTime
    }

    /// The same as a policy of loads, which go on without the store.
    func loading(_ key: String, in cache: Cache) throws(CacheError) -> LoadPolicy {
        LoadPolicy(
            timeToLive: try cache.life(timeToLive, of: key),
            freshTime: freshTime,
            earlyRefresh: earlyRefresh,
            absenceTime: absenceTime == nil ? nil : try cache.life(absenceTime, of: key),
            tags: tags,
            stale: stale,
            loadTimeout: runTime
        )
    }
}
