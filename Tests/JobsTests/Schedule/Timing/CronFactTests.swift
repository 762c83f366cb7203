import Testing

@testable import Jobs

/// What twelve projects say about 386 expressions.
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
        #expect(facts.count == 332)
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

    @Test func `what other projects mean by other words is told why, and can be said here`() throws
    {
        let facts = try CronFact.all().filter { $0.ours != nil || $0.differs != nil }
        let reasons = Dictionary(grouping: facts) { $0.differs ?? "" }.mapValues { $0.map(\.id) }
        #expect(
            reasons == [
                "a seventh field for the year: here the beginning and the end of an entry say "
                    + "which years": [
                        "cronexpr-0096", "cronexpr-0097", "cronexpr-0098", "cronexpr-0099",
                        "cronexpr-0100", "cronexpr-0101", "cronexpr-0105", "cronexpr-0108",
                    ],
                "a field that begins with a star restricts days all the same: here it does not, "
                    + "as in Vixie's cron": [
                        "cron-0083", "croniter-0486", "croniter-0487",
                        "croniter-0488", "croniter-0489", "fugit-0275",
                    ],
            ]
        )
        for fact in facts {
            #expect(try fact.holds(), "\(fact.id)")
            #expect((try? fact.asWritten.holds()) != true, "\(fact.id) needs no other words")
        }
    }

    @Test func `the words of the facts are words of ours`() {
        for (name, policy) in Self.policies { #expect(ClockChangePolicy(name) == policy) }
    }
}
