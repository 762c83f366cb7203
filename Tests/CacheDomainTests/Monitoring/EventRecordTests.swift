import CacheDomain
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventRecordTests {
    private func invalidation(_ number: Int) -> InvalidationReport {
        InvalidationReport(
            .operation,
            name: "summarize",
            context: "model \(number)",
            removedCount: number,
            duration: .milliseconds(number)
        )
    }

    @Test func `a record has the last events, oldest first, and no more than its limit`() {
        let record = EventRecord(limit: 3)
        #expect(record.events == [])
        for number in 1...2 { record.observe(.invalidated(invalidation(number))) }
        #expect(record.invalidations == [invalidation(1), invalidation(2)])
        for number in 3...7 { record.observe(.invalidated(invalidation(number))) }
        #expect(record.invalidations == [5, 6, 7].map(invalidation))
        #expect(record.events.count == 3)
    }

    @Test func `a record without room has room for one`() {
        let record = EventRecord(limit: 0)
        for number in 1...2 { record.observe(.invalidated(invalidation(number))) }
        #expect(record.invalidations == [invalidation(2)])
    }

    @Test func `invalidations are found among other events`() {
        let record = EventRecord()
        let key = KeyReport(operation: "qa", textLength: 5, isHashed: false, duration: .zero)
        record.observe(.madeKey(key))
        record.observe(.invalidated(invalidation(1)))
        record.observe(.called(CallReport(.get, outcome: .miss, duration: .zero)))
        #expect(record.invalidations == [invalidation(1)])
        #expect(record.events.first == .madeKey(key))
    }

    @Test func `a ratio is the share that is stored`() {
        func ratio(_ byteCount: Int, _ stored: Int) -> Double {
            CompressionReport(byteCount: byteCount, storedByteCount: stored, duration: .zero).ratio
        }
        #expect(ratio(1000, 250) == 0.25)
        #expect(ratio(0, 8) == 1)
    }
}
