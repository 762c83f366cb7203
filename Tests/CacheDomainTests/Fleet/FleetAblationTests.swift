import Foundation
import TestSupport
import Testing

/// The check can see: without any one of the mechanisms it finds what that is there for.
@Suite(.timeLimit(.minutes(10))) struct FleetAblationTests {
    /// So many lives are enough to miss any mechanism.
    private static let limit: UInt64 = 1_500

    @Test(arguments: Mechanism.allCases)
    func `without any one mechanism an invariant breaks that it serves`(
        mechanism: Mechanism
    ) async {
        for seed in 0..<Self.limit {
            if breaks(Life(seed: seed, mechanism.regime), without: mechanism) { return }
            // Others have to be served meanwhile.
            await Task.yield()
        }
        Issue.record("the check does not miss \(mechanism)")
    }

    /// Whether the life breaks what the mechanism is for, and nothing with it.
    private func breaks(_ life: Life, without mechanism: Mechanism) -> Bool {
        let fleet = Fleet(life, without: mechanism)
        fleet.run()
        guard let broken = fleet.broken, mechanism.breaks.contains(broken.invariant) else {
            return false
        }
        let whole = Fleet(life)
        whole.run()
        return whole.broken == nil
    }

    /// How many violations so many lives without a mechanism have, of each invariant, and how many
    /// of the lives have any.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FLEET_LIVES"] != nil))
    func `without any mechanism there are violations, with all of them none`() throws {
        let lives = try Lives(0, named: "FLEET")
        let names = Invariant.allCases.map(\.rawValue)
        print(row("without", names + ["lives"]))
        print(row("---", names.map { _ in "--:" } + ["--:"]))
        for mechanism in [nil] + Mechanism.allCases.map(Optional.some) {
            var account = Fleet.Account()
            var broken = 0
            for seed in lives.seeds {
                let regime = mechanism?.regime ?? Regime.all[Int(seed) % Regime.all.count]
                let fleet = Fleet(Life(seed: seed, regime), without: mechanism)
                fleet.run(counting: true)
                account += fleet.account
                if fleet.broken != nil { broken += 1 }
            }
            let counts = Invariant.allCases.map { account.violations[$0] ?? 0 } + [broken]
            print(row(mechanism.map { "`\($0)`" } ?? "nothing", counts.map { "\($0)" }))
            if mechanism == nil { #expect(broken == 0) }
        }
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        "| \(name) | \(cells.joined(separator: " | ")) |"
    }
}
