/// Which copies differ from the store, and for how long: a pure state machine.
///
/// A copy may differ for a moment, until the message arrives that says so. So what differs is
/// looked at again, 1, 10 and 60 s after it was first seen: what still differs then, with the same
/// copy, is counted as that old.
public struct Audit: Sendable {
    /// How long after it was first seen to differ a copy is looked at again.
    public static let checkpoints: [Duration] = [.zero, .seconds(1), .seconds(10), .seconds(60)]
    /// Copies that differ and are looked at again, at most.
    static let maxSuspects = 1_000

    /// What was found so far.
    public struct Findings: Sendable, Equatable {
        /// Copies that were compared.
        public var comparedCount = 0
        /// Copies that differed at each of the checkpoints.
        public var staleCounts = [Int](repeating: 0, count: Audit.checkpoints.count)
        /// The longest time that a copy was seen to differ.
        public var worstAge = Duration.zero
    }

    /// A copy that differs from the store.
    struct Suspect: Sendable, Equatable {
        let key: String
        let copy: [UInt8]
        let since: ContinuousClock.Instant
        /// Which checkpoint comes next.
        var checkpoint: Int
    }

    /// What was found so far.
    public private(set) var findings = Findings()
    private var suspects: [String: Suspect] = [:]

    /// The keys whose next checkpoint has come.
    func due(at now: ContinuousClock.Instant) -> [String] {
        suspects.values
            .filter { $0.since + Self.checkpoints[$0.checkpoint] <= now }
            .map(\.key)
    }

    /// Compares the copy with the store's value, which was read before it; nil for none.
    ///
    /// - Returns: How long the copy has differed, when it does at one of the later checkpoints.
    mutating func compare(
        _ key: String,
        copy: [UInt8]?,
        stored: [UInt8]?,
        at now: ContinuousClock.Instant
    ) -> Duration? {
        findings.comparedCount += 1
        guard let copy, copy != stored else {
            suspects[key] = nil
            return nil
        }
        guard var suspect = suspects[key], suspect.copy == copy else {
            findings.staleCounts[0] += 1
            // More than that differ: the counts say so.
            guard suspects.count < Self.maxSuspects || suspects[key] != nil else { return nil }
            suspects[key] = Suspect(key: key, copy: copy, since: now, checkpoint: 1)
            return nil
        }
        let age = suspect.since.duration(to: now)
        findings.worstAge = max(findings.worstAge, age)
        let before = suspect.checkpoint
        while suspect.checkpoint < Self.checkpoints.count,
            age >= Self.checkpoints[suspect.checkpoint]
        {
            findings.staleCounts[suspect.checkpoint] += 1
            suspect.checkpoint += 1
        }
        suspects[key] = suspect.checkpoint < Self.checkpoints.count ? suspect : nil
        return suspect.checkpoint > before ? age : nil
    }
}
