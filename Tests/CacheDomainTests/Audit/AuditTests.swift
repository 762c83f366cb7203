import Testing

@testable import CacheDomain

@Suite struct AuditTests {
    private var audit = Audit(bound: .seconds(8))
    private let start = ContinuousClock.now

    private func position(_ sequence: UInt64) -> LogPosition {
        LogPosition(epoch: "e", sequence: sequence)
    }

    private func sight(
        _ copy: UInt8,
        _ stored: UInt8?,
        isSample: Bool = true,
        isWatched: Bool = false
    ) -> Audit.Sight {
        var entry = LocalEntry(bytes: [copy], expiry: start + .seconds(600), asOf: position(5))
        entry.isWatched = isWatched
        return Audit.Sight(
            key: "k",
            copy: entry,
            stored: stored.map { [$0] },
            isSample: isSample
        )
    }

    /// The log is at 9, of which this process has applied as much as `applied` says.
    private mutating func see(
        _ sight: Audit.Sight,
        after seconds: Double,
        applied: UInt64 = 8
    ) -> Audit.Verdict {
        let progress = Audit.Progress(log: position(9), applied: position(applied))
        return audit.see(sight, progress, at: start + .seconds(seconds))
    }

    private mutating func again(
        _ copy: UInt8,
        _ stored: UInt8?,
        after seconds: Double,
        applied: UInt64 = 8
    ) -> Audit.Verdict {
        see(sight(copy, stored, isSample: false), after: seconds, applied: applied)
    }

    private func due(at seconds: Double) -> [String] { audit.due(at: start + .seconds(seconds)) }

    // MARK: How long

    @Test mutating func `a copy that agrees is nothing`() {
        #expect(see(sight(1, 1), after: 0) == .fine)
        #expect(audit.findings == Audit.Findings(comparedCount: 1))
        #expect(due(at: 100).isEmpty && audit.oldestSince == nil)
    }

    @Test
    mutating func `a copy that differs is looked at again, and counted for as long as it does`() {
        #expect(see(sight(1, 2), after: 0) == .fine)
        #expect(audit.findings.staleCounts == [1, 0, 0, 0])
        #expect(due(at: 0.9).isEmpty && due(at: 1) == ["k"])
        let first = again(1, 2, after: 1.5)
        #expect(first == .stale(.seconds(1.5), .late, isPastBound: false))
        #expect(due(at: 9).isEmpty && audit.oldestSince == start)
        // The store has gone on, the copy has not.
        let second = again(1, 3, after: 10)
        #expect(second == .stale(.seconds(10), .late, isPastBound: true))
        let third = again(1, nil, after: 60)
        #expect(third == .stale(.seconds(60), .late, isPastBound: true))
        #expect(audit.findings.staleCounts == [1, 1, 1, 1])
        #expect(audit.findings.violations == [.late: 1], "one copy, however often it is seen")
        #expect(audit.findings.worstAge == .seconds(60) && audit.findings.comparedCount == 1)
        #expect(due(at: 1_000).isEmpty && audit.oldestSince == nil)
    }

    @Test mutating func `one that agrees again, or was replaced, is not the old one`() {
        _ = see(sight(1, 2), after: 0)
        _ = again(2, 2, after: 1)
        #expect(due(at: 5).isEmpty)
        _ = see(sight(2, 3), after: 6)
        #expect(again(4, 5, after: 8) == .fine, "another copy, and not one chosen at random")
        #expect(audit.findings.staleCounts == [2, 0, 0, 0] && due(at: 1_000).isEmpty)
    }

    @Test mutating func `a copy of the same bytes that was read anew is another copy`() {
        _ = see(sight(1, 2), after: 0)
        let entry = LocalEntry(bytes: [1], expiry: start + .seconds(601), asOf: position(7))
        let anew = Audit.Sight(key: "k", copy: entry, stored: [2], isSample: true)
        #expect(see(anew, after: 1) == .fine)
        #expect(audit.findings.staleCounts == [2, 0, 0, 0])
    }

    @Test mutating func `one that is gone is forgotten`() {
        _ = see(sight(1, 2), after: 0)
        audit.forget("k")
        #expect(due(at: 100).isEmpty && audit.oldestSince == nil)
    }

    @Test mutating func `one look counts for all checkpoints that it is late for`() {
        _ = see(sight(1, 2), after: 0)
        #expect(again(1, 2, after: 12) == .stale(.seconds(12), .late, isPastBound: true))
        #expect(audit.findings.staleCounts == [1, 1, 1, 0])
    }

    @Test mutating func `each sample of a copy that differs counts as long as the copy does`() {
        _ = see(sight(1, 2), after: 0)
        _ = see(sight(1, 2), after: 0.5)
        #expect(audit.findings.staleCounts == [2, 0, 0, 0])
        _ = see(sight(1, 2), after: 1)
        #expect(audit.findings.staleCounts == [3, 3, 0, 0])
        _ = see(sight(1, 2), after: 5)
        #expect(audit.findings.staleCounts == [4, 4, 0, 0])
        _ = again(1, 2, after: 10)
        #expect(audit.findings.staleCounts == [4, 4, 4, 0] && audit.findings.comparedCount == 4)
    }

    @Test mutating func `more copies than can be looked at again are counted`() {
        let progress = Audit.Progress(log: position(9), applied: position(8))
        for number in 0...Audit.maxSuspects {
            let copy = sight(1, 2).copy
            let sight = Audit.Sight(key: "\(number)", copy: copy, stored: [2], isSample: true)
            _ = audit.see(sight, progress, at: start)
        }
        #expect(audit.findings.unfollowedCount == 1)
        #expect(due(at: 1).count == Audit.maxSuspects)
    }

    // MARK: Why

    @Test mutating func `what no message names was changed by somebody else, and is no violation`()
    {
        _ = see(sight(1, 2), after: 0, applied: 9)
        let question = again(1, 2, after: 1, applied: 9)
        #expect(question == .lookIntoJournal(upTo: position(9)))
        let verdict = audit.testify(.silent, about: sight(1, 2), at: start + .seconds(1))
        #expect(verdict == .foreign)
        #expect(audit.findings.foreignCount == 1 && audit.findings.goneCount == 0)
        #expect(audit.findings.staleCounts == [1, 0, 0, 0] && audit.findings.violations == [:])
        // It is known, and told once.
        for seconds in [2, 10, 60] { #expect(see(sight(1, 2), after: Double(seconds)) == .fine) }
        #expect(audit.findings.staleCounts == [1, 0, 0, 0] && audit.findings.foreignCount == 1)
        #expect(audit.findings.comparedCount == 4 && due(at: 1_000).isEmpty)
    }

    @Test mutating func `a value that went by itself is told apart from one that was changed`() {
        _ = see(sight(1, nil), after: 0, applied: 9)
        _ = again(1, nil, after: 1, applied: 9)
        _ = audit.testify(.silent, about: sight(1, nil), at: start + .seconds(1))
        #expect(audit.findings.goneCount == 1 && audit.findings.foreignCount == 0)
    }

    @Test(arguments: [
        (Audit.Testimony.named, Audit.Cause.kept), (.unknown, .unexplained),
    ])
    mutating func `what a message names, or nobody knows of, is stale, and the journal read once`(
        testimony: Audit.Testimony,
        cause: Audit.Cause
    ) {
        _ = see(sight(1, 2), after: 0, applied: 9)
        _ = again(1, 2, after: 1, applied: 9)
        let first = audit.testify(testimony, about: sight(1, 2), at: start + .seconds(1))
        #expect(first == .stale(.seconds(1), cause, isPastBound: false))
        let second = again(1, 2, after: 10, applied: 9)
        #expect(second == .stale(.seconds(10), cause, isPastBound: true))
        #expect(audit.findings.violations == [cause: 1] && audit.findings.foreignCount == 0)
    }

    @Test mutating func `of a foreign change under a watched prefix it must be told in time`() {
        let watched = sight(1, 2, isWatched: true)
        _ = see(watched, after: 0, applied: 9)
        _ = see(watched, after: 1, applied: 9)
        let verdict = audit.testify(.silent, about: watched, at: start + .seconds(1))
        #expect(verdict == .stale(.seconds(1), .late, isPastBound: false))
        #expect(audit.findings.foreignCount == 0)
    }

    @Test mutating func `a copy that has changed while the journal was read is left alone`() {
        _ = see(sight(1, 2), after: 0, applied: 9)
        _ = again(1, 2, after: 1, applied: 9)
        audit.forget("k")
        let verdict = audit.testify(.silent, about: sight(1, 2), at: start + .seconds(1))
        #expect(verdict == .fine && audit.findings.foreignCount == 0)
    }
}
