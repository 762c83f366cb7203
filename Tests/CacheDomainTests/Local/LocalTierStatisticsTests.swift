import Testing

@testable import CacheDomain

@Suite struct LocalTierStatisticsTests {
    private let tier = LocalTier(LRUStorage(maxEntries: 4, maxBytes: 1_000))
    private let now = ContinuousClock.now

    private func fill(_ keys: String...) {
        for key in keys {
            tier.install(
                LocalEntry(bytes: [1], expiry: now + .seconds(60)),
                forKey: key,
                ifUnchangedSince: tier.fillToken(forKey: key)
            )
        }
    }

    private func position(_ sequence: UInt64) -> LogPosition {
        LogPosition(epoch: "e", sequence: sequence)
    }

    @Test func `an empty tier tells its bounds`() {
        #expect(tier.statistics == LocalTier.Statistics(maxEntries: 4, maxBytes: 1_000))
    }

    @Test func `what has to go for others is evicted, not dropped`() {
        fill("a", "b", "c", "d", "e")
        #expect(tier.statistics.evicted == 1 && tier.statistics.dropped == 0)
        tier.apply(Announcement(keys: ["e"]), at: position(1))
        #expect(tier.statistics.evicted == 1 && tier.statistics.dropped == 1)
        #expect(tier.statistics.entries == 3 && tier.statistics.bytes == 6)
    }

    @Test func `unverified entries become fewer as they are read anew, dropped, evicted or expire`()
    {
        fill("a", "b", "c", "d")
        #expect(tier.statistics.unverified == 0)
        tier.distrustAll()
        #expect(tier.statistics.unverified == 4 && tier.statistics.distrusts == 1)
        fill("a")
        #expect(tier.statistics.unverified == 3 && tier.statistics.revalidated == 1)
        fill("a")
        #expect(tier.statistics.revalidated == 1, "it was trusted already")
        tier.apply(Announcement(keys: ["b"]), at: position(1))
        #expect(tier.statistics.unverified == 2)
        fill("new", "newer")
        #expect(tier.statistics.unverified == 1, "one had to go")
        _ = tier.removeExpired(at: now + .seconds(60))
        #expect(tier.statistics.unverified == 0 && tier.statistics.revalidated == 1)
    }

    @Test func `what was distrusted twice is unverified once`() {
        fill("a")
        tier.distrustAll()
        fill("b")
        tier.distrustAll()
        #expect(tier.statistics.unverified == 2 && tier.statistics.distrusts == 2)
    }

    @Test func `own changes are told from those of others`() {
        tier.apply(Announcement(keys: ["a"]), at: position(1))
        tier.acknowledge(Announcement(keys: ["a"]), at: position(2))
        #expect(tier.statistics.ownChanges == 1)
    }
}
