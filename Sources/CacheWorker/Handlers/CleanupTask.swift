import Codecs
import Jobs

/// A cleanup task with its parameters.
enum CleanupTask: Sendable, Equatable {
    /// Takes members whose key is gone out of the tags.
    case orphanedTags
    /// Removes sliding windows whose last mark is so old, of keys that a glob matches.
    case emptyWindows(matching: String, olderThan: Duration)
    /// Gives back the memory of expired entries in this process.
    case expiredLocal
    /// Removes dead letters that were given up so long ago.
    case failedJobs(olderThan: Duration)
    /// Removes consumers of the job streams that hold nothing, have no lease, and were silent for
    /// so long.
    case idleConsumers(olderThan: Duration)
    /// Trims the coherence journal to so many messages, and of those what is so old.
    case journal(maxLength: Int, olderThan: Duration)
    /// Forgets runs of the schedule that are so old, but for the last one of each entry.
    case scheduleHistory(olderThan: Duration)
    /// Marks the sessions that have expired as completed.
    case expiredSessions

    /// The names that events give them.
    enum Name: String, CaseIterable, CustomStringConvertible, Sendable {
        case orphanedTags = "orphaned-tags"
        case emptyWindows = "empty-windows"
        case expiredLocal = "expired-local"
        case failedJobs = "failed-jobs"
        case idleConsumers = "idle-consumers"
        case journal
        case scheduleHistory = "schedule-history"
        case expiredSessions = "expired-sessions"

        var description: String { rawValue }
    }

    /// As services name the windows of their rate limits: `{prefix}:rate_limit:{identifier}`.
    private static let standardWindows = "*:rate_limit:*"
    private static let standardWindowAge = Duration.seconds(86_400)
    private static let standardLetterAge = Duration.seconds(7 * 86_400)
    private static let standardIdleTime = Duration.seconds(60)
    private static let standardRunAge = Duration.seconds(30 * 86_400)
    /// A hundred years: beyond that an age is a mistake in units.
    private static let maxAgeSeconds = 3_153_600_000
    private static let ages = 0...maxAgeSeconds

    /// What the log keeps by itself.
    private static let standardJournalLength = 10_000
    private static let standardJournalAge = Duration.seconds(3_600)
    /// A reader that missed more messages than there are trusts nothing that it holds; so the
    /// journal never gets shorter than what a busy minute of small batches makes.
    private static let journalLengths = 1_000...10_000_000
    /// No shorter than what a reader needs to come back and read what it has missed: many times
    /// the lease and a reconnect.
    private static let journalAges = 60...maxAgeSeconds

    /// The task of that name with the parameters of the event.
    ///
    /// - Throws: What is wrong with a parameter, by its path; never retriable.
    init(_ name: Name, _ cleanup: Cleanup) throws(JobError) {
        var parameters = try CleanupParameters(cleanup)
        switch name {
        case .orphanedTags: self = .orphanedTags
        case .emptyWindows:
            let pattern = try parameters.text("pattern")
            let age = try parameters.duration("olderThan", in: Self.ages)
            self = .emptyWindows(
                matching: pattern ?? Self.standardWindows,
                olderThan: age ?? Self.standardWindowAge
            )
        case .expiredLocal: self = .expiredLocal
        case .expiredSessions: self = .expiredSessions
        case .scheduleHistory:
            let age = try parameters.duration("olderThan", in: Self.ages)
            self = .scheduleHistory(olderThan: age ?? Self.standardRunAge)
        case .failedJobs:
            let age = try parameters.duration("olderThan", in: Self.ages)
            self = .failedJobs(olderThan: age ?? Self.standardLetterAge)
        case .idleConsumers:
            let age = try parameters.duration("olderThan", in: Self.ages)
            self = .idleConsumers(olderThan: age ?? Self.standardIdleTime)
        case .journal:
            let length = try parameters.count("maxLength", in: Self.journalLengths)
            let age = try parameters.duration("olderThan", in: Self.journalAges)
            self = .journal(
                maxLength: length ?? Self.standardJournalLength,
                olderThan: age ?? Self.standardJournalAge
            )
        }
        try parameters.finish(name)
    }
}
