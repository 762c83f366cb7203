import Telemetry

/// What a beat tells of itself, for metrics and probes.
public enum BeatEvent: Sendable, Equatable {
    /// It has looked; its clock is so far ahead of the server's.
    case looked(ScheduleSight, skew: Duration)
    /// Claims of this process were granted.
    case fired(FiringCounts)
    /// The store does not answer, or refuses.
    case failed(ScheduleError)
    /// The broker has confirmed so many events.
    case published(count: Int)
    /// The broker does not take events.
    case notPublished(SourceError)
}

/// What became of the instants of claims that were granted.
public struct FiringCounts: Sendable, Equatable {
    /// Firings whose events were enqueued, or wait for a run to end.
    public var fired = 0
    /// Of all that were claimed: those whose time had passed for long.
    public var caughtUp = 0
    /// Firings that were left out, since a run was under way.
    public var skipped = 0
    /// Instants that were given up.
    public var missed = 0
    /// From each instant that was claimed to its claim.
    public var delays: [Duration] = []

    /// Nothing was claimed.
    public init() {}

    /// Whether nothing came of it.
    var isEmpty: Bool { fired + skipped + missed == 0 }

    /// Adds a claim of which so many firings were enqueued, or wait.
    mutating func add(_ claim: ScheduleClaim, fired: Int, at now: WallTime) {
        self.fired += fired
        skipped += claim.firings.count - fired
        missed += claim.missed
        caughtUp += claim.firings.count { $0.cause == .caughtUp }
        delays += claim.firings.map { $0.instant.duration(to: now) }
    }
}
