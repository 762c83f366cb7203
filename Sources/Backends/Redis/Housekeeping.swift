/// When a stream source trims its streams: a pure function of time and finished jobs.
struct Housekeeping {
    /// A busy source trims after so many jobs, so that its streams stay short.
    static let jobsPerTrim = 32_768

    private let trimInterval: Duration
    private var nextTrim: ContinuousClock.Instant?
    private var untrimmedJobs = 0

    init(trimInterval: Duration) { self.trimInterval = trimInterval }

    /// Whether it is time, which counts as done then.
    mutating func isTrimDue(at now: ContinuousClock.Instant) -> Bool {
        guard untrimmedJobs > 0 else { return false }
        let deadline = nextTrim ?? now + trimInterval
        let isDue = deadline <= now || untrimmedJobs >= Self.jobsPerTrim
        nextTrim = isDue ? nil : deadline
        if isDue { untrimmedJobs = 0 }
        return isDue
    }

    /// Jobs were acknowledged, and can be trimmed.
    mutating func finished(jobs: Int) { untrimmedJobs += jobs }
}
