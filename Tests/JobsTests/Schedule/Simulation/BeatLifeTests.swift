import TestSupport
import Testing

/// Random lives of a schedule under faults.
///
/// A failure names the seed and the least that leads to it. `BEAT_SEED` lives one again,
/// `BEAT_LIVES` goes on for longer.
@Suite(.timeLimit(.minutes(30))) struct BeatLifeTests {
    private static let lifeCount: UInt64 = 100
    /// So many lives are enough to miss any mechanism.
    private static let ablationLimit: UInt64 = 150
    private static let traceLength = 30

    @Test func `each instant is enqueued once, or as the catch-up rule says`() throws {
        let lives = try Lives(Self.lifeCount, named: "BEAT")
        var tally = BeatLife.Tally()
        for seed in lives.seeds {
            let life = try BeatLife(seed: seed)
            life.run()
            if life.violation != nil {
                Issue.record("\(try Self.story(of: life))")
                return
            }
            tally.add(life.tally)
        }
        // The lives try what they promise.
        let year = 365 * 86_400
        #expect(lives.isReplay || tally.seconds > 20 * year, "\(tally)")
        #expect(lives.isReplay || tally.fired > 5_000, "\(tally)")
        let rare = [tally.caughtUp, tally.missed, tally.skipped, tally.refused, tally.again]
        #expect(lives.isReplay || rare.allSatisfy { $0 > 50 }, "\(tally)")
    }

    @Test(arguments: BeatMechanism.allCases)
    func `without any one mechanism an invariant is broken`(mechanism: BeatMechanism) throws {
        let expected = mechanism.guarded
        for seed in 0..<Self.ablationLimit {
            let life = try BeatLife(seed: seed, without: mechanism)
            life.run()
            if let violation = life.violation {
                #expect(expected.contains(violation.invariant), "\(seed): \(violation)")
                return
            }
        }
        Issue.record("the check does not miss \(mechanism)")
    }

    @Test func `a life is the same each time its seed is given`() throws {
        let traces = try (0..<2)
            .map { _ in
                let life = try BeatLife(seed: 5, traced: true)
                life.run()
                return life.trace
            }
        #expect(traces[0].count > 20 && traces[0] == traces[1])
    }

    @Test func `a story is told with no more disturbances than it takes`() throws {
        for seed in 0..<Self.ablationLimit {
            let life = try BeatLife(seed: seed, without: .pause)
            life.run()
            guard let violation = life.violation else { continue }
            let least = try Self.shortened(life)
            #expect(least.violation?.invariant == violation.invariant)
            // One pause, and one fault that lets somebody claim what he saw before it.
            #expect(least.disturbances.count <= min(3, life.disturbances.count))
            return
        }
    }

    // MARK: Stories

    private static func story(of life: BeatLife) throws -> String {
        let least = try shortened(life)
        let again = try BeatLife(
            seed: life.seed,
            without: life.missing,
            disturbances: least.disturbances,
            traced: true
        )
        again.run()
        let faults = least.disturbances.map(\.description).joined(separator: "\n")
        let lines = again.trace.suffix(traceLength).joined(separator: "\n")
        return "BEAT_SEED=\(life.seed): \(least.violation.map(\.description) ?? "")\n"
            + "with these of \(life.disturbances.count) disturbances:\n\(faults)\n\(lines)"
    }

    /// The same life with disturbances taken out, as long as it breaks the same invariant.
    private static func shortened(_ life: BeatLife) throws -> BeatLife {
        var least = life
        var length = max(1, life.disturbances.count / 2)
        while true {
            var isShorter = false
            var start = 0
            while start < least.disturbances.count {
                var rest = least.disturbances
                rest.removeSubrange(start..<min(start + length, rest.count))
                let other = try BeatLife(
                    seed: life.seed,
                    without: life.missing,
                    disturbances: rest
                )
                other.run()
                if other.violation?.invariant == life.violation?.invariant {
                    (least, isShorter) = (other, true)
                } else {
                    start += length
                }
            }
            if length == 1, !isShorter { return least }
            length = max(1, length / 2)
        }
    }
}

extension BeatLife.Tally {
    fileprivate mutating func add(_ other: BeatLife.Tally) {
        fired += other.fired
        caughtUp += other.caughtUp
        missed += other.missed
        skipped += other.skipped
        refused += other.refused
        published += other.published
        again += other.again
        seconds += other.seconds
    }
}

extension BeatMechanism {
    /// The invariants that hold because of it.
    fileprivate var guarded: Set<BeatInvariant> {
        switch self {
        case .place: [.doubled, .policy]
        case .revision: [.definition]
        case .pause: [.paused]
        case .serverClock: [.early, .missed]
        case .outbox: [.delivery]
        case .lease: [.lease]
        case .catchUp: [.policy]
        case .eventID: [.identity]
        case .seenUntil: [.place, .missed]
        case .overlap: [.overlap]
        }
    }
}
