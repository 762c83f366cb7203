import Telemetry

/// What a beat does next: a pure function of what it saw and of the time.
///
/// Nothing here decides whether an entry fires, or when: that is for the store and its clock. This
/// decides when to look, and when what this process brings along has to be put in again.
struct BeatState: Sendable {
    /// So often a beat looks at least: others may have changed the schedule.
    static let maxPause = Duration.seconds(1)
    /// When a claim was not granted, it looks again no sooner than this.
    static let minPauseAfterRefusal = Duration.milliseconds(50)
    /// So often entries are put in again without a reason, and those of the dead taken out.
    static let installInterval = Duration.seconds(60)

    private let node: String
    private(set) var entries: [InstalledEntry]
    /// The place of this process's file among those that were read; nil: not known yet.
    private var number: Int?
    /// The latest state of the definitions that this process has seen.
    private var version: ScheduleVersion?
    private var installAt: ContinuousClock.Instant?
    /// All that was due by then was claimed, by this process or others.
    private(set) var seenUntil: WallTime?

    init(node: String, entries: [InstalledEntry]) {
        self.node = node
        self.entries = entries
    }

    /// This process has read its file again.
    mutating func reload(_ entries: [InstalledEntry]) {
        guard entries != self.entries else { return }
        self.entries = entries
        number = nil
        installAt = nil
    }

    // MARK: Installing

    /// What has to be put in now; nil: nothing.
    func installation(at now: ContinuousClock.Instant) -> Installation? {
        guard installAt.map({ $0 <= now }) ?? true else { return nil }
        return Installation(node: node, number: number, entries: entries, seenUntil: seenUntil)
    }

    mutating func installed(_ receipt: InstallReceipt, at now: ContinuousClock.Instant) {
        number = receipt.number
        version = receipt.version
        installAt = now + Self.installInterval
    }

    // MARK: Looking

    /// Whether what was seen is the schedule that this process knows; if not, it was emptied, or a
    /// server took over that does not have all, and entries are put in before anything else.
    mutating func looked(_ sight: ScheduleSight) -> Bool {
        guard let known = version else { return false }
        guard let seen = sight.version, sight.isInstalled, seen.life == known.life,
            seen.number >= known.number
        else {
            version = nil
            installAt = nil
            return false
        }
        version = seen
        return true
    }

    /// How long to wait after a round that began at `start`, by the steady clock, when the
    /// server's clock showed `sight.now`.
    mutating func pause(
        after sight: ScheduleSight,
        _ claims: [ScheduleClaim],
        _ answers: [ScheduleClaim.Answer],
        elapsed: Duration
    ) -> Duration {
        let isComplete = claims.count == sight.due.count
        let isGranted = isComplete && answers.allSatisfy { $0 != .full }
        let isBehind = sight.nextDue.map { $0 <= sight.now } ?? false
        if isGranted, !isBehind { seenUntil = max(seenUntil ?? sight.now, sight.now) }
        let next = ([sight.nextDue] + claims.map(\.next)).compactMap { $0 }.min()
        let wait = next.map { sight.now.duration(to: $0) - elapsed } ?? Self.maxPause
        let isRefused = !isComplete || answers.contains { !$0.isGranted }
        let least = isRefused ? Self.minPauseAfterRefusal : .zero
        return min(max(wait, least), Self.maxPause)
    }
}

extension ScheduleClaim.Answer {
    /// Whether the claim was granted.
    var isGranted: Bool { if case .granted = self { true } else { false } }
}
