/// How values of a kind are loaded from their source, and how long they are good for.
public struct LoadPolicy: Sendable, Hashable {
    /// What a reader does who cannot share the load with all processes.
    public enum Fallback: String, Sendable, CaseIterable {
        /// Loads for itself; what it gets is written nowhere.
        case load
        /// Fails.
        case fail
    }

    /// How long the store keeps a value.
    ///
    /// All readers of a kind have to agree: they tell the age of a value by what is left of this.
    public var timeToLive: Duration
    /// A value that is older is stale: it is loaded anew, and `stale` says who gets it meanwhile.
    ///
    /// Nil: it is fresh as long as it is kept.
    public var freshTime: Duration?
    /// How eagerly a value is loaded anew before it is stale; nil: not before.
    public var earlyRefresh: EarlyRefresh?
    /// How long it is remembered that the source has no value; nil: it is asked again each time.
    public var absenceTime: Duration?
    /// Tags of the values.
    public var tags: [String]
    /// Whether processes keep copies of the values.
    public var keepsCopy: Bool
    /// Who gets a stale value, or a copy in this process that may not be trusted: nobody, who else
    /// would get an error, or everybody while it is loaded anew.
    public var stale: ReadPolicy
    /// What is done while the store cannot be asked.
    public var withoutStore: Fallback
    /// What is done when another process has not loaded the value within `waitTimeout`.
    public var afterWaiting: Fallback
    /// How long others wait for a process that has died while it was loading.
    ///
    /// One that lives renews its lease.
    public var leaseTime: Duration
    /// A load that takes longer is cancelled, and has failed.
    public var loadTimeout: Duration
    /// How long to wait for another process that loads.
    public var waitTimeout: Duration

    /// A policy from its parts.
    public init(
        timeToLive: Duration,
        freshTime: Duration? = nil,
        earlyRefresh: EarlyRefresh? = nil,
        absenceTime: Duration? = nil,
        tags: [String] = [],
        keepsCopy: Bool = true,
        stale: ReadPolicy = .askStore,
        withoutStore: Fallback = .load,
        afterWaiting: Fallback = .load,
        leaseTime: Duration = .seconds(5),
        loadTimeout: Duration = .seconds(30),
        waitTimeout: Duration = .seconds(10)
    ) {
        self.timeToLive = timeToLive
        self.freshTime = freshTime
        self.earlyRefresh = earlyRefresh
        self.absenceTime = absenceTime
        self.tags = tags
        self.keepsCopy = keepsCopy
        self.stale = stale
        self.withoutStore = withoutStore
        self.afterWaiting = afterWaiting
        self.leaseTime = leaseTime
        self.loadTimeout = loadTimeout
        self.waitTimeout = waitTimeout
    }

    /// A value that has no longer to live is stale.
    var staleRemaining: Duration {
        freshTime.map { max(.zero, timeToLive - $0) } ?? .zero
    }

    /// Whether a value with so much left to live is fresh; one without a limit is.
    func isFresh(_ remaining: Duration?) -> Bool { remaining.map { $0 > staleRemaining } ?? true }
}
