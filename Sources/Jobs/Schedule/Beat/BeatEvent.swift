/// What a beat tells of itself, for metrics and probes.
public enum BeatEvent: Sendable, Equatable {
    /// It has looked.
    ///
    /// `lag` is how late it was for the first entry that was due, zero when none was.
    case looked(skew: Duration, lag: Duration, outgoing: Int)
    /// Claims of this process were granted: so many firings were enqueued or wait, so many of all
    /// claimed were late, left out or given up.
    case fired(count: Int, caughtUp: Int, skipped: Int, missed: Int)
    /// The store does not answer, or refuses.
    case failed(ScheduleError)
    /// The broker has confirmed so many events.
    case published(count: Int)
    /// The broker does not take events.
    case notPublished(SourceError)
}
