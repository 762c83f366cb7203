import Testing

@testable import CacheDomain

@Suite struct AuditTests {
    private var audit = Audit()
    private let start = ContinuousClock.now

    private mutating func compare(
        _ copy: UInt8?,
        _ stored: UInt8?,
        after seconds: Double
    ) -> Duration? {
        audit.compare(
            "k",
            copy: copy.map { [$0] },
            stored: stored.map { [$0] },
            at: start + .seconds(seconds)
        )
    }

    @Test mutating func `a copy that agrees, or is not there, is nothing`() {
        _ = compare(1, 1, after: 0)
        _ = compare(nil, 1, after: 1)
        #expect(audit.findings == Audit.Findings(comparedCount: 2))
        #expect(audit.due(at: start + .seconds(100)).isEmpty)
    }

    @Test
    mutating func `a copy that differs is looked at again, and counted for as long as it does`() {
        #expect(compare(1, 2, after: 0) == nil)
        #expect(audit.findings.staleCounts == [1, 0, 0, 0])
        #expect(audit.due(at: start + .seconds(0.9)).isEmpty)
        #expect(audit.due(at: start + .seconds(1)) == ["k"])
        #expect(compare(1, 2, after: 1.5) == .seconds(1.5))
        #expect(audit.due(at: start + .seconds(9)).isEmpty)
        #expect(compare(1, 3, after: 10) == .seconds(10), "the store has gone on, the copy not")
        #expect(compare(1, nil, after: 60) == .seconds(60))
        #expect(audit.findings.staleCounts == [1, 1, 1, 1])
        #expect(audit.findings.worstAge == .seconds(60))
        #expect(audit.due(at: start + .seconds(1_000)).isEmpty)
    }

    @Test mutating func `one that agrees again, or was replaced, is not the old one`() {
        _ = compare(1, 2, after: 0)
        #expect(compare(2, 2, after: 0.5) == nil)
        #expect(audit.due(at: start + .seconds(5)).isEmpty)
        _ = compare(2, 3, after: 6)
        #expect(compare(4, 5, after: 8) == nil, "another copy, which differs anew")
        #expect(audit.findings.staleCounts == [3, 0, 0, 0])
        #expect(audit.due(at: start + .seconds(8.9)).isEmpty)
    }

    @Test mutating func `one look counts for all checkpoints that it is late for`() {
        _ = compare(1, 2, after: 0)
        #expect(compare(1, 2, after: 12) == .seconds(12))
        #expect(audit.findings.staleCounts == [1, 1, 1, 0])
    }
}
