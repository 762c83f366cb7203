import Testing

@testable import Jobs

/// What twelve projects say about 371 expressions.
@Suite struct CronFactTests {
    /// The policies that a fact names by the same words as we do.
    private static let policies: [String: ClockChangePolicy] = {
        var policies = ["gap=vixie,overlap=vixie": ClockChangePolicy.cronie]
        for gap in [ClockChangePolicy.Gap.skip, .shift, .transition] {
            for overlap in [ClockChangePolicy.Overlap.first, .second, .twice] {
                // No project does this, so the facts do not tell of it.
                if (gap, overlap) == (.transition, .second) { continue }
                let name = "gap=\(gap.rawValue),overlap=\(overlap.rawValue)"
                policies[name] = ClockChangePolicy(gap: gap, overlap: overlap)
            }
        }
        return policies
    }()

    @Test func `every fact that no policy changes holds under each of them`() throws {
        let facts = try CronFact.all().filter { $0.policies == nil }
        #expect(facts.count == 317)
        for fact in facts {
            for policy in Self.policies.values {
                #expect(try fact.holds(policy), "\(fact.id) under \(policy.text)")
            }
        }
    }

    @Test func `every other fact holds under the policies it names and under no other`() throws {
        let facts = try CronFact.all().filter { $0.policies != nil }
        #expect(facts.count == 54)
        for fact in facts {
            for (name, policy) in Self.policies {
                let isNamed = fact.policies?.contains(name) == true
                #expect(try fact.holds(policy) == isNamed, "\(fact.id) under \(name)")
            }
        }
    }

    @Test func `the words of the facts are words of ours`() {
        for (name, policy) in Self.policies { #expect(ClockChangePolicy(name) == policy) }
    }
}
