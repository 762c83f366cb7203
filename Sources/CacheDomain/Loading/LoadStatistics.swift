/// What became of loads so far.
public struct LoadStatistics: Sendable, Hashable {
    /// What is counted.
    public enum Event: String, Sendable, CaseIterable {
        /// The source was asked under a lease.
        case started
        /// The source was asked without one: the store was away, or another process too slow.
        case startedAlone
        /// The source failed.
        case failed
        /// The source has not answered in time.
        case timedOut
        /// A value was written.
        case filled
        /// A value was not written: it may be older than what was announced meanwhile, or the lease
        /// had ended.
        case refused
        /// A value was not written because the store failed.
        case unwritten
        /// Another process was waited for.
        case waited
        /// It was waited for in vain.
        case waitedInVain
        /// A reader got a stale value.
        case servedStale
    }

    /// How often each has happened.
    public var counts: [Event: Int] = [:]
    /// How many readers have joined a load that was under way in this process.
    public var shared = 0

    /// How often it has happened.
    public subscript(event: Event) -> Int { counts[event] ?? 0 }
}
