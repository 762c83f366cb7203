import CacheDomain
import TestSupport
import Testing

/// What the conformance suite cannot see: how often the store is asked, and what is counted.
@Suite(.timeLimit(.minutes(1))) struct CacheTests {
    private let node = LoadingNode()
    private var cache: Cache { Cache(node.layer, namespace: "n", coder: TextCoder()) }

    @Test func `of many values only those are asked for that no copy answers, all at once`()
        async throws
    {
        try await cache.setValues(["a": "1", "b": "2"])
        let other = Cache(
            LoadingNode(node.clock, node.server, "b").layer,
            namespace: "n",
            coder: TextCoder()
        )
        try await other.setValues(["c": "3", "d": "4"])
        let before = node.store.readings
        let keys = ["a", "c", "x", "b", "d"]
        #expect(try await cache.values(forKeys: keys) == ["1", "3", nil, "2", "4"])
        #expect(node.store.readings == before + 1)
        #expect(try await cache.values(forKeys: ["a", "b", "c", "d"]) == ["1", "2", "3", "4"])
        #expect(node.store.readings == before + 1)
        let counts = cache.statistics
        #expect(counts.hits == [.local: 6, .remote: 2])
        #expect(counts.misses == 1)
        #expect(counts.hitRate == 8.0 / 9)
    }

    @Test func `a store that is away is an error of the cache, and is counted`() async throws {
        node.store.fail(with: StoreError(.unavailable, "away"))
        let error = await #expect(throws: CacheError.self) {
            try await cache.value(String.self, forKey: "k")
        }
        #expect(error?.code == .connection)
        #expect(error?.isRetriable == true)
        node.store.failChanges(with: StoreError(.denied, "no"))
        let denied = await #expect(throws: CacheError.self) {
            try await cache.setValue("v", forKey: "k")
        }
        #expect(denied?.code == .authentication)
        #expect(cache.statistics.errors == 2)
        #expect(cache.statistics.writes == 0)
    }

    @Test func `a corrupt value that cannot be removed now is removed by the next reader`()
        async throws
    {
        try await cache.setValue("text", forKey: "k")
        node.store.failChanges(with: StoreError(.unavailable, "away"))
        #expect(try await cache.value(Int.self, forKey: "k") == nil)
        #expect(try await node.stored("n:k") == "text")
        node.store.failChanges(with: nil)
        #expect(try await cache.value(Int.self, forKey: "k") == nil)
        #expect(try await node.stored("n:k") == nil)
        #expect(cache.statistics.corrupt == 2)
        #expect(cache.statistics.errors == 1)
    }

    @Test func `copies answer for many keys when the store is away, if all are held`() async throws
    {
        let lenient = Cache(
            node.layer,
            namespace: "n",
            coder: TextCoder(),
            policy: .staleIfError
        )
        try await lenient.setValues(["a": "1", "b": "2"])
        node.gate.shut()
        node.store.fail(with: StoreError(.unavailable, "away"))
        #expect(try await lenient.values(forKeys: ["a", "b"]) == ["1", "2"])
        #expect(lenient.statistics.hits == [.stale: 2])
        await #expect(throws: CacheError.self) {
            try await lenient.values(String.self, forKeys: ["a", "c"])
        }
    }

    @Test func `a load counts as a miss, and what it left as hits`() async throws {
        let source = Source("v")
        for _ in 0..<3 {
            let value = try await cache.value(forKey: "k") {
                try await source.load().map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(value == "v")
        }
        #expect(source.count == 1)
        #expect(cache.statistics.misses == 1)
        #expect(cache.statistics.hits == [.local: 2])
    }

    @Test func `a source that fails is heard, and nothing is kept`() async throws {
        await #expect(throws: Source.Failure.self) {
            try await cache.value(String.self, forKey: "k") { throw Source.Failure() }
        }
        #expect(try await node.stored("n:k") == nil)
    }

    @Test func `namespaces are counted apart, and those beyond the bound together`() async throws {
        for number in 0..<1005 {
            let cache = Cache(node.layer, namespace: "n\(number)", coder: TextCoder())
            #expect(try await cache.value(String.self, forKey: "k") == nil)
        }
        let counts = node.layer.usage.counts
        #expect(counts["n7"]?.misses == 1)
        #expect(counts["n1004"] == nil)
        #expect(counts[CacheUsage.others]?.misses == 5)
        #expect(node.layer.usage.total.misses == 1005)
    }
}
