import CacheDomain
import Testing

/// Random lives of a reader; a failure names the seed that repeats it.
@Suite(.timeLimit(.minutes(2))) struct CoherenceTrackerModelTests {
    private static let seedCount: UInt64 = 300
    private static let steps = 400

    /// Lives under these faults: what was found wrong, and why something had to be forgotten.
    private func run(
        _ faults: SimulatedReader.Faults,
        expecting allowed: Set<CoherenceTracker.DistrustReason>
    ) -> Set<CoherenceTracker.DistrustReason> {
        var seen: Set<CoherenceTracker.DistrustReason> = []
        for seed in 0..<Self.seedCount {
            var reader = SimulatedReader(seed: seed, faults)
            for _ in 0..<Self.steps where reader.violations.isEmpty { reader.step() }
            if reader.violations.isEmpty { reader.recover() }
            #expect(reader.violations.isEmpty, "seed \(seed)")
            #expect(allowed.isSuperset(of: reader.forgotten), "seed \(seed)")
            if !faults.disconnects {
                #expect(reader.forgotten == [.firstSubscription], "seed \(seed)")
            }
            seen.formUnion(reader.forgotten)
        }
        return seen
    }

    @Test func `lost, repeated, swapped and foreign messages cost neither truth nor the tier`() {
        let faults = SimulatedReader.Faults(losesMessages: true)
        _ = run(faults, expecting: [.firstSubscription])
    }

    @Test func `lost connections cost neither truth nor the tier`() {
        let faults = SimulatedReader.Faults(losesMessages: true, disconnects: true)
        _ = run(faults, expecting: [.firstSubscription])
    }

    @Test func `a trimmed journal costs the tier at most`() {
        let faults = SimulatedReader.Faults(losesMessages: true, disconnects: true, trims: true)
        let seen = run(faults, expecting: [.firstSubscription, .journalTrimmed])
        #expect(seen.contains(.journalTrimmed), "the test tries what it promises")
    }

    @Test func `a log that was rolled back or emptied costs the tier at most`() {
        let faults = SimulatedReader.Faults(
            losesMessages: true,
            disconnects: true,
            rollsBack: true
        )
        let seen = run(faults, expecting: [.firstSubscription, .rolledBack, .journalTrimmed])
        #expect(seen.contains(.rolledBack), "the test tries what it promises")
    }

    @Test func `all faults together leave nothing stale`() {
        let faults = SimulatedReader.Faults(
            losesMessages: true,
            disconnects: true,
            trims: true,
            rollsBack: true
        )
        _ = run(faults, expecting: [.firstSubscription, .rolledBack, .journalTrimmed])
    }
}
