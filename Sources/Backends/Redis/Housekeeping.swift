/// When a stream source trims its streams and looks at the delayed jobs: a pure function of time
/// and of what was done.
struct Housekeeping {
    /// A busy source trims after so many jobs, so that its streams stay short.
    static let jobsPerTrim = 32_768
    /// Another worker may have died between an acknowledgement and its trimming: one that has
    /// finished nothing trims for it so often.
    static let idleTrimInterval = Duration.seconds(3)
    /// Others may delay jobs that are due before those this source knows of.
    static let delayedInterval = Duration.seconds(1)

    private let trimInterval: Duration
    private var nextTrim: ContinuousClock.Instant?
    private var untrimmedJobs = 0
    private var nextLookAtDelayed: ContinuousClock.Instant?

    init(trimInterval: Duration) { self.trimInterval = trimInterval }

    /// Whether it is time, which counts as done then.
    mutating func isTrimDue(at now: ContinuousClock.Instant) -> Bool {
        let interval = untrimmedJobs > 0 ? trimInterval : max(trimInterval, Self.idleTrimInterval)
        let deadline = min(nextTrim ?? now + interval, now + interval)
        let isDue = deadline <= now || untrimmedJobs >= Self.jobsPerTrim
        nextTrim = isDue ? nil : deadline
        if isDue { untrimmedJobs = 0 }
        return isDue
    }

    /// Whether it is time to look at the delayed jobs, which counts as done then.
    mutating func isLookAtDelayedDue(at now: ContinuousClock.Instant) -> Bool {
        guard nextLookAtDelayed.map({ $0 <= now }) ?? true else { return false }
        nextLookAtDelayed = now + Self.delayedInterval
        return true
    }

    /// The next delayed job is due in so long.
    mutating func nextDelayed(in duration: Duration, at now: ContinuousClock.Instant) {
        nextLookAtDelayed = now + min(duration, Self.delayedInterval)
    }

    /// A job was delayed.
    mutating func lookAtDelayedSoon() { nextLookAtDelayed = nil }

    /// How long a read for new jobs may wait.
    func patience(at now: ContinuousClock.Instant, atMost limit: Duration) -> Duration {
        guard let nextLookAtDelayed else { return limit }
        // Redis takes a wait of zero for one without end.
        return max(.milliseconds(1), min(limit, now.duration(to: nextLookAtDelayed)))
    }

    /// Jobs were acknowledged, and can be trimmed.
    mutating func finished(jobs: Int) { untrimmedJobs += jobs }
}
