import Testing

@testable import CacheDomain

@Suite struct WatchedCopyTests {
    private let now = ContinuousClock.now
    private let tier: LocalTier

    init() throws {
        tier = LocalTier(
            LRUStorage(maxEntries: 100, maxBytes: 10_000),
            watched: try WatchedPrefixes(["app:"])
        )
        tier.serveWatched(until: now + .seconds(3))
    }

    private func entry(_ sequence: UInt64 = 0) -> LocalEntry {
        LocalEntry(bytes: [1], expiry: now + .seconds(60), sequence: sequence)
    }

    @discardableResult
    private func fill(_ key: String) -> Bool {
        tier.install(entry(), forKey: key, ifUnchangedSince: tier.fillToken(forKey: key))
    }

    private func isServed(_ key: String, after seconds: Int = 0) -> Bool {
        tier.entry(forKey: key, at: now + .seconds(seconds)) != nil
    }

    @Test func `one under a watched prefix is served only as long as the watch says`() {
        fill("app:1")
        fill("other")
        #expect(isServed("app:1", after: 2) && isServed("other", after: 2))
        #expect(!isServed("app:1", after: 3) && isServed("other", after: 3))
        #expect(Set(tier.sample(100, at: now + .seconds(3))) == ["other"])
        #expect(tier.held(forKey: "app:1", at: now + .seconds(3))?.isTrusted == false)
        tier.serveWatched(until: now + .seconds(5))
        #expect(isServed("app:1", after: 4), "it was told of every change meanwhile")
        tier.serveWatched(until: nil)
        #expect(!isServed("app:1") && isServed("other"))
    }

    @Test func `a foreign change drops it and refuses a value that was read before`() {
        fill("app:1")
        let late = tier.fillToken(forKey: "app:1")
        let absent = tier.fillToken(forKey: "app:2")
        #expect(tier.forgetWatched(["app:1", "app:2"]) == 1)
        #expect(!tier.install(entry(), forKey: "app:1", ifUnchangedSince: late))
        #expect(!tier.install(entry(), forKey: "app:2", ifUnchangedSince: absent))
        #expect(tier.count == 0 && tier.droppedCount == 1)
        #expect(fill("app:1") && isServed("app:1"))
    }

    @Test func `a flush drops all of them and nothing else`() {
        for key in ["app:1", "app:2", "other"] { fill(key) }
        let late = tier.fillToken(forKey: "app:3")
        #expect(tier.forgetAllWatched() == 2)
        #expect(!tier.install(entry(), forKey: "app:3", ifUnchangedSince: late))
        #expect(tier.count == 1 && isServed("other"))
    }

    @Test func `after a loss it is held and not trusted until it is read anew`() {
        fill("app:1")
        fill("other")
        let late = tier.fillToken(forKey: "app:2")
        tier.distrustWatched()
        #expect(!isServed("app:1") && isServed("other"))
        #expect(tier.held(forKey: "app:1", at: now)?.entry.bytes == [1])
        #expect(!tier.install(entry(), forKey: "app:2", ifUnchangedSince: late))
        #expect(fill("app:1") && isServed("app:1"))
    }

    @Test func `what this process wrote itself is not kept`() {
        let token = tier.writeToken()
        let position = LogPosition(epoch: "e", sequence: 7)
        let values = ["app:1", "other"].map { (key: $0, entry: entry(7)) }
        let written = Announcement(keys: values.map(\.key))
        tier.acknowledge(written, at: position, keeping: values, since: token)
        #expect(isServed("other") && tier.count == 1)
    }

    @Test func `messages of the log drop it as any other, and distrust it as any other`() {
        let position = LogPosition(epoch: "e", sequence: 1)
        fill("app:1")
        #expect(tier.apply(Announcement(keys: ["app:1"]), at: position) == 1)
        fill("app:2")
        #expect(tier.apply(Announcement(patterns: ["app:*"]), at: position) == 1)
        fill("app:3")
        tier.distrustAll()
        #expect(!isServed("app:3"))
        #expect(tier.apply(Announcement(namespaces: ["app"]), at: position) == 1)
    }
}
