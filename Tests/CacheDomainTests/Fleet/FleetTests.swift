import CacheDomain
import TestSupport
import Testing

/// Random lives of four nodes under faults; what breaks is told with its seed and the shortest way
/// there.
///
/// `FLEET_LIVES` says how many lives there are in each regime, `FLEET_SEED` which one is lived
/// again.
@Suite(.timeLimit(.minutes(10))) struct FleetTests {
    @Test(arguments: Regime.all)
    func `every life keeps every invariant`(regime: Regime) async throws {
        let lives = try Lives(250, named: "FLEET")
        var account = Fleet.Account()
        for seed in lives.seeds {
            let fleet = Fleet(Life(seed: seed, regime))
            fleet.run()
            guard fleet.broken == nil else {
                Issue.record("\(fleet.report)")
                return
            }
            account += fleet.account
            // Others have to be served meanwhile.
            await Task.yield()
        }
        guard lives.seeds.count >= 100 else { return }
        // The lives try what they promise.
        #expect(account.localReads > 100 * lives.seeds.count)
        #expect(account.losses > lives.seeds.count)
        var reasons = Set(CoherenceTracker.DistrustReason.allCases)
        reasons.remove(.unreadableMessage)
        if !regime.isSplit { reasons.remove(.storeChanged) }
        #expect(Set(account.distrusts.keys) == reasons)
    }
}
