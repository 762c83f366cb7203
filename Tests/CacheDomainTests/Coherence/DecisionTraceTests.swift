import Testing

@testable import CacheDomain

@Suite struct DecisionTraceTests {
    private var trace = DecisionTrace()
    private let start = ContinuousClock.now

    private mutating func forget(_ announcement: Announcement, _ sequence: UInt64) {
        let position = LogPosition(epoch: "e", sequence: sequence)
        trace.note(.forget(announcement, at: position), at: start)
    }

    private func lines(_ key: String, _ tags: [String] = []) -> [String] {
        trace.lines(about: key, tags, at: start + .seconds(2))
    }

    @Test mutating func `it tells what named a key, how and when, and nothing else`() {
        forget(Announcement(keys: ["app:1", "x"]), 1)
        forget(Announcement(keys: ["app:2"]), 2)
        forget(Announcement(tags: ["t"]), 3)
        forget(Announcement(patterns: ["a*1"]), 4)
        forget(Announcement(namespaces: ["app"]), 5)
        forget(Announcement(everything: true), 6)
        trace.note(.sendHeartbeat, at: start)
        trace.note(.distrustEverything(.rolledBack), at: start + .seconds(1))
        let expected = [
            "1 named its key 2.0 seconds ago", "3 named its tag 2.0 seconds ago",
            "4 named its pattern 2.0 seconds ago", "5 named its namespace 2.0 seconds ago",
            "6 named its everything 2.0 seconds ago",
            "trusted nothing (rolledBack) 1.0 seconds ago",
        ]
        #expect(lines("app:1", ["t", "u"]) == expected)
        #expect(lines("other").count == 2)
    }

    @Test mutating func `it remembers a bounded number of decisions and of names`() {
        for sequence in 0..<1_000 as Range<UInt64> { forget(Announcement(keys: ["k"]), sequence) }
        #expect(trace.count == DecisionTrace.maxDecisions)
        #expect(lines("k").count == DecisionTrace.maxLines)
        #expect(lines("k").last?.hasPrefix("999 named") == true)
        let many = (0..<1_000).map { "k\($0)" }
        for sequence in 0..<10 as Range<UInt64> { forget(Announcement(keys: many), sequence) }
        #expect(trace.count == 4)
        forget(Announcement(keys: many + many + many + many + many), 10)
        #expect(trace.count == 0, "one message that is larger than all there may be")
    }

    @Test func `names are compared byte by byte`() {
        let announcement = Announcement(keys: ["caf\u{E9}"], tags: ["caf\u{E9}"])
        #expect(announcement.scope(covering: "cafe\u{301}", tags: ["cafe\u{301}"]) == nil)
        #expect(announcement.scope(covering: "caf\u{E9}", tags: []) == .key)
    }
}
