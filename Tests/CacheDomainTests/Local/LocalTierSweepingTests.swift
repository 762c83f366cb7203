import CacheDomain
import TestSupport
import Testing

@Suite struct LocalTierSweepingTests {
    @Test func `what has expired goes by itself within a minute, and nothing else`() async {
        let clock = ManualClock()
        let tier = LocalTier(LRUStorage(maxEntries: 10, maxBytes: 100))
        let start = clock.now
        for (key, life) in [("short", Duration.seconds(1)), ("long", .seconds(90))] {
            let entry = LocalEntry(bytes: [1], expiry: start + life)
            tier.install(entry, forKey: key, ifUnchangedSince: tier.fillToken(forKey: key))
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await tier.sweep(clock: clock, now: { clock.now }) }
            for count in [1, 0] {
                await clock.untilAsleep(1)
                clock.advance(by: .seconds(60))
                // Asleep again: it has swept.
                await clock.untilAsleep(1)
                #expect(tier.count == count)
            }
            group.cancelAll()
        }
    }
}
