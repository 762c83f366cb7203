import CacheDomain
import Testing

@Suite struct LocalTierTests {
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let now = ContinuousClock.now

    private func entry(_ text: String, sequence: UInt64 = 0) -> LocalEntry {
        LocalEntry(bytes: Array(text.utf8), expiry: now + .seconds(60), sequence: sequence)
    }

    private func position(_ sequence: UInt64, epoch: String = "a") -> LogPosition {
        LogPosition(epoch: epoch, sequence: sequence)
    }

    @Test func `a value that was overtaken by a message on its way is not kept`() {
        let token = tier.fillToken(forKey: "k")
        tier.apply(Announcement(keys: ["k"]), at: position(1))
        #expect(!tier.install(entry("old"), forKey: "k", ifUnchangedSince: token))
        #expect(tier.entry(forKey: "k", at: now) == nil)
    }

    @Test func `the message of an own write does not drop what it wrote, a later one does`() {
        let token = tier.writeToken()
        tier.apply(Announcement(keys: ["other"]), at: position(4))
        #expect(
            tier.install(
                written: entry("mine", sequence: 5),
                forKey: "k",
                ifUnforgottenSince: token
            )
        )
        tier.apply(Announcement(keys: ["k"]), at: position(5))
        #expect(tier.entry(forKey: "k", at: now) != nil)
        tier.apply(Announcement(keys: ["k"]), at: position(6))
        #expect(tier.entry(forKey: "k", at: now) == nil)
        #expect(
            !tier.install(
                written: entry("late", sequence: 5),
                forKey: "k",
                ifUnforgottenSince: token
            )
        )
    }
}
