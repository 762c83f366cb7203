import CacheDomain
import Testing

/// Random lives of four nodes under faults; a failure names the seed and tells what led to it.
@Suite(.timeLimit(.minutes(10))) struct FleetTests {
    private static let seedCount: UInt64 = 300
    /// So many lives are enough to miss any mechanism.
    private static let ablationLimit: UInt64 = 3_000
    private static let traceLength = 25

    /// What went wrong, with the last that was done by the node or about the key.
    private func story(of fleet: Fleet, seed: UInt64) -> String {
        let again = Fleet(
            seed: seed,
            without: fleet.missing,
            strands: fleet.strands,
            traced: true
        )
        again.run()
        let lines = again.trace.suffix(Self.traceLength).joined(separator: "\n")
        return "seed \(seed): \(fleet.violations.joined(separator: "; "))\n\(lines)"
    }

    @Test(arguments: [false, true])
    func `no copy is served that is older than the bound, and none is stale at the end`(
        strands: Bool
    ) {
        var localReads = 0
        var distrusts: Set<CoherenceTracker.DistrustReason> = []
        for seed in 0..<Self.seedCount {
            let fleet = Fleet(seed: seed, strands: strands)
            fleet.run()
            guard fleet.violations.isEmpty else {
                Issue.record("\(story(of: fleet, seed: seed))")
                return
            }
            localReads += fleet.localReads
            distrusts.formUnion(fleet.distrusts)
        }
        // The lives try what they promise.
        #expect(localReads > 100 * Int(Self.seedCount))
        #expect(distrusts.isSuperset(of: [.firstSubscription, .rolledBack, .journalTrimmed]))
    }

    @Test(arguments: Mechanism.allCases)
    func `without any one mechanism a copy is served past the bound, or for good`(
        mechanism: Mechanism
    ) {
        let isSeen = (0..<Self.ablationLimit)
            .contains { seed in
                let fleet = Fleet(seed: seed, without: mechanism, strands: mechanism == .canary)
                fleet.run()
                return fleet.isStale
            }
        #expect(isSeen, "the check does not miss \(mechanism)")
    }

    @Test func `a life is the same each time its seed is given`() {
        let traces = (0..<2)
            .map { _ in
                let fleet = Fleet(seed: 7, strands: true, traced: true)
                fleet.run()
                return fleet.trace
            }
        #expect(traces[0].count > 100 && traces[0] == traces[1])
    }
}
