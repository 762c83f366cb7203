/// When a consumer looks for jobs that nobody works on: a pure function of time and connections.
///
/// The jobs of others are claimed when their lease has run out. After a connection was made anew,
/// the server may have been down, with all leases run out, so everybody first gets the time of a
/// lease to renew theirs. Its own jobs a consumer looks through when it may have lost track of
/// some: at its start, after a new connection, after a settlement that failed.
struct ClaimSchedule {
    private let interval: Duration
    private let lease: Duration
    private var nextLook: ContinuousClock.Instant?
    private var generations: [UInt64]?
    private var ownReviewIsDue = true

    init(interval: Duration, lease: Duration) {
        self.interval = interval
        self.lease = lease
    }

    /// Tells the numbers of the present connections.
    mutating func connections(_ generations: [UInt64], at now: ContinuousClock.Instant) {
        guard generations != self.generations else { return }
        self.generations = generations
        ownReviewIsDue = true
        nextLook = now + lease
    }

    /// A settlement failed, so it is not known which jobs are still this consumer's.
    mutating func lostTrack() { ownReviewIsDue = true }

    /// Whether to look through the own jobs now, which counts as done then.
    mutating func takeOwnReview() -> Bool {
        defer { ownReviewIsDue = false }
        return ownReviewIsDue
    }

    /// Whether to look for jobs of dead consumers now, which counts as done then.
    mutating func takeLook(at now: ContinuousClock.Instant) -> Bool {
        guard nextLook.map({ $0 <= now }) ?? true else { return false }
        nextLook = now + interval
        return true
    }

    /// There were more than could be taken at once: the next look does not wait.
    mutating func lookSoon() { nextLook = nil }
}
