import Codecs

/// Which copies differ from the store, for how long and why: a pure state machine.
///
/// A copy may differ for a moment, until the message arrives that says so. So what differs is
/// looked at again, 1, 10 and 60 s after it was first seen: what still differs then, with the same
/// copy, is counted as that old. Copies are chosen at random, so of all moments at which one could
/// have been served the same share was that old.
///
/// A copy that differs although the log was applied as far as the store has gone was changed with
/// no word in the log, if the journal says so, too: by a foreign program, or because the store had
/// no room for it. That is told apart, since no reader of the log can know of it.
public struct Audit: Sendable {
    /// How long after it was first seen to differ a copy is looked at again.
    public static let checkpoints: [Duration] = [.zero, .seconds(1), .seconds(10), .seconds(60)]
    /// Copies that differ and are looked at again, at most; as many that are known to differ for a
    /// reason that is not in the log.
    static let maxSuspects = 1_000

    /// A copy, and what the store has in its place.
    struct Sight: Sendable, Equatable {
        let key: String
        /// What could be served before the store was asked, and still can be.
        let copy: LocalEntry
        /// What the store answered; nil for no value.
        let stored: [UInt8]?
        /// Whether the copy was chosen at random, or is looked at because it differed.
        let isSample: Bool
    }

    /// How far the log was when the store had answered.
    struct Progress: Sendable, Equatable {
        /// The position of the log, which no later change has in the answer.
        let log: LogPosition
        /// What this process had applied.
        let applied: LogPosition
    }

    /// Why a copy differs that is not only on its way to be dropped.
    public enum Cause: String, Sendable, CaseIterable {
        /// The message that names it has not been applied yet.
        case late
        /// A message that names it was applied, and the copy is still there.
        case kept
        /// The journal does not reach back far enough to tell, or could not be read.
        case unexplained
    }

    /// What the journal says about a copy that differs.
    enum Testimony: Sendable, Equatable {
        /// A message names it.
        case named
        /// No message does.
        case silent
        /// Nobody knows.
        case unknown
    }

    /// What has to be done about a sight.
    enum Verdict: Sendable, Equatable {
        /// Nothing.
        case fine
        /// Look into the journal for messages that name it, up to this position, and `testify`.
        case lookIntoJournal(upTo: LogPosition)
        /// It is known by now to differ because of something that is not in the log.
        case foreign
        /// It has differed for so long.
        case stale(Duration, Cause, isPastBound: Bool)
    }

    private let bound: Duration
    /// What was found so far.
    public private(set) var findings = Findings()
    private var suspects: [ExactString: Suspect] = [:]
    private var foreign: [ExactString: LocalEntry] = [:]

    /// A copy that differs from the store.
    private struct Suspect {
        let key: String
        let copy: LocalEntry
        let since: ContinuousClock.Instant
        /// How far the log was then.
        let log: LogPosition
        /// Which checkpoint comes next.
        var checkpoint = 1
        /// How many samples have met it.
        var weight = 1
        var cause: Cause?
        var isViolation = false
    }

    /// An audit that has seen nothing; no copy may be older than `bound`.
    init(bound: Duration) { self.bound = bound }

    /// The keys whose next checkpoint has come.
    func due(at now: ContinuousClock.Instant) -> [String] {
        suspects.values
            .filter { $0.since + Self.checkpoints[$0.checkpoint] <= now }
            .map(\.key)
    }

    /// Since when the copy has differed that has done so for longest; nil when none does.
    var oldestSince: ContinuousClock.Instant? { suspects.values.map(\.since).min() }

    /// There is no such copy any more, or it may not be served.
    mutating func forget(_ key: String) { suspects[ExactString(key)] = nil }

    /// A copy was compared with the store.
    mutating func see(
        _ sight: Sight,
        _ progress: Progress,
        at now: ContinuousClock.Instant
    ) -> Verdict {
        let key = ExactString(sight.key)
        if sight.isSample { findings.comparedCount += 1 }
        guard sight.copy.bytes != sight.stored else {
            suspects[key] = nil
            foreign[key] = nil
            return .fine
        }
        guard foreign[key] != sight.copy else { return .fine }
        guard var suspect = suspects[key], suspect.copy == sight.copy else {
            return meet(sight, key, progress, at: now)
        }
        if sight.isSample {
            suspect.weight += 1
            for checkpoint in 0..<suspect.checkpoint { findings.staleCounts[checkpoint] += 1 }
        }
        suspects[key] = suspect
        guard suspect.since + Self.checkpoints[suspect.checkpoint] <= now else { return .fine }
        if suspect.cause == nil, suspect.log.isCovered(by: progress.applied) {
            return .lookIntoJournal(upTo: suspect.log)
        }
        return advance(suspect, key, at: now)
    }

    /// The journal was looked into, as `see` has asked.
    mutating func testify(
        _ testimony: Testimony,
        about sight: Sight,
        at now: ContinuousClock.Instant
    ) -> Verdict {
        let key = ExactString(sight.key)
        guard var suspect = suspects[key], suspect.copy == sight.copy else { return .fine }
        // Of changes under watched prefixes this process is told in another way.
        guard testimony != .silent || suspect.copy.isWatched else {
            suspects[key] = nil
            if foreign.count >= Self.maxSuspects { foreign.removeAll() }
            foreign[key] = suspect.copy
            if sight.stored == nil {
                findings.goneCount += 1
            } else {
                findings.foreignCount += 1
            }
            return .foreign
        }
        switch testimony {
        case .named: suspect.cause = .kept
        case .silent: suspect.cause = .late
        case .unknown: suspect.cause = .unexplained
        }
        return advance(suspect, key, at: now)
    }

    /// A copy that was not seen to differ before.
    private mutating func meet(
        _ sight: Sight,
        _ key: ExactString,
        _ progress: Progress,
        at now: ContinuousClock.Instant
    ) -> Verdict {
        suspects[key] = nil
        // Another copy in the place of one that differed was not chosen at random.
        guard sight.isSample else { return .fine }
        findings.staleCounts[0] += 1
        guard suspects.count < Self.maxSuspects else {
            findings.unfollowedCount += 1
            return .fine
        }
        suspects[key] = Suspect(
            key: sight.key,
            copy: sight.copy,
            since: now,
            log: progress.log
        )
        return .fine
    }

    /// Counts the checkpoints that the copy has reached.
    private mutating func advance(
        _ old: Suspect,
        _ key: ExactString,
        at now: ContinuousClock.Instant
    ) -> Verdict {
        var suspect = old
        let age = suspect.since.duration(to: now)
        let cause = suspect.cause ?? .late
        findings.worstAge = max(findings.worstAge, age)
        while suspect.checkpoint < Self.checkpoints.count,
            age >= Self.checkpoints[suspect.checkpoint]
        {
            findings.staleCounts[suspect.checkpoint] += suspect.weight
            suspect.checkpoint += 1
        }
        let isPastBound = age > bound
        if isPastBound, !suspect.isViolation {
            suspect.isViolation = true
            findings.violations[cause, default: 0] += 1
        }
        suspects[key] = suspect.checkpoint < Self.checkpoints.count ? suspect : nil
        return .stale(age, cause, isPastBound: isPastBound)
    }
}

extension LogPosition {
    /// Whether who has applied `other` has applied this one, too.
    fileprivate func isCovered(by other: LogPosition) -> Bool {
        epoch == other.epoch && sequence <= other.sequence
    }
}
