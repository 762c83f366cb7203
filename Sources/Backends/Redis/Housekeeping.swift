/// When a stream source trims and claims: a pure function of time and finished jobs.
struct Housekeeping {
    /// A busy source trims after so many jobs, so that its streams stay short.
    static let jobsPerTrim = 32_768

    private let claimInterval: Duration
    private let trimInterval: Duration
    private var nextClaim: ContinuousClock.Instant?
    private var nextTrim: ContinuousClock.Instant?
    private var untrimmedJobs = 0

    init(claimInterval: Duration, trimInterval: Duration) {
        self.claimInterval = claimInterval
        self.trimInterval = trimInterval
    }

    /// Says what is due, and counts it as done.
    mutating func due(at now: ContinuousClock.Instant) -> (trim: Bool, claim: Bool) {
        let claim = nextClaim.map { $0 <= now } ?? true
        if claim { nextClaim = now + claimInterval }
        var trim = false
        if untrimmedJobs > 0 {
            let deadline = nextTrim ?? now + trimInterval
            trim = deadline <= now || untrimmedJobs >= Self.jobsPerTrim
            nextTrim = trim ? nil : deadline
            if trim { untrimmedJobs = 0 }
        }
        return (trim, claim)
    }

    /// Jobs were acknowledged, and can be trimmed.
    mutating func finished(jobs: Int) { untrimmedJobs += jobs }

    /// The next question about claims is answered with yes.
    mutating func claimSoon() { nextClaim = nil }
}

/// How far a look through the pending jobs has come, stream by stream.
///
/// XAUTOCLAIM looks at a part of them each time; who always begins at the beginning never gets to a
/// dead consumer's job behind many of living ones.
struct ClaimRound {
    static let beginning = "0-0"

    var cursors: [String]

    init(streams: Int) {
        cursors = Array(repeating: Self.beginning, count: streams)
    }

    /// Whether every stream has been looked through to its end.
    var isOver: Bool { cursors.allSatisfy { $0 == Self.beginning } }
}
