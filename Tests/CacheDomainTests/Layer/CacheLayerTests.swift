import CacheDomain
import TestSupport
import Testing

/// One layer with a gate and a clock that the test holds.
@Suite struct CacheLayerTests {
    private let clock = ManualClock()
    private let server: InMemoryServer
    private let store: InMemoryStore
    private let gate: ServingGate
    private let layer: CacheLayer

    init() {
        let clock = clock
        server = InMemoryServer(now: { clock.now })
        store = InMemoryStore(server, node: "a")
        gate = ServingGate(origin: clock.now)
        layer = CacheLayer(
            store: store,
            tier: LocalTier(LRUStorage(maxEntries: 10_000, maxBytes: 1 << 26)),
            gate: gate,
            now: { clock.now }
        )
        gate.open(until: clock.now + .seconds(1_000_000))
    }

    private func write(
        _ key: String,
        _ text: String = "v",
        for seconds: Int = 600,
        tags: [String] = [],
        _ condition: CacheWrite.Condition = .always
    ) -> CacheWrite {
        CacheWrite(
            key: key,
            value: Array(text.utf8),
            timeToLive: .seconds(seconds),
            tags: tags,
            condition: condition
        )
    }

    private func read(_ key: String) async throws -> String? {
        try await layer.value(forKey: key)
            .map { "\(String(decoding: $0.bytes, as: UTF8.self)) \($0.origin.rawValue)" }
    }

    private func announcements() async throws -> [Announcement] {
        try await store.journal(from: 0, limit: 10_000)
            .map { try CoherenceMessage(parsing: $0).announcement }
    }

    @Test func `a value is asked for once, then it is here`() async throws {
        _ = try await store.apply(Change(writes: [write("k")]))
        #expect(try await read("k") == "v remote")
        #expect(try await read("k") == "v local")
        #expect(try await read("absent") == nil)
    }

    @Test func `behind a shut gate every read asks the store`() async throws {
        _ = try await layer.write([write("k")])
        #expect(try await read("k") == "v local")
        gate.shut()
        #expect(try await read("k") == "v remote")
        #expect(try await read("k") == "v remote")
    }

    @Test func `a writer reads its own writes and removals, here and at once`() async throws {
        for round in 0..<5 {
            _ = try await layer.write([write("k", "\(round)")])
            #expect(try await read("k") == "\(round) local")
        }
        #expect(try await layer.remove(["k", "absent"]) == 1)
        #expect(try await read("k") == nil)
        _ = try await layer.write([write("k", "again")])
        #expect(try await read("k") == "again local")
    }

    @Test func `a write that gave way is not kept here`() async throws {
        _ = try await store.apply(Change(writes: [write("k", "theirs")]))
        let outcomes = try await layer.write([
            write("k", "ours", .ifAbsent), write("other", "ours", .ifAbsent),
        ])
        #expect(outcomes == [.present, .written])
        #expect(try await read("k") == "theirs remote")
        #expect(try await read("other") == "ours local")
    }

    @Test func `of two writes of a key in one call the last is kept`() async throws {
        _ = try await layer.write([
            write("k", "1"), write("k", "2"), write("k", "3", .ifAbsent),
        ])
        #expect(try await read("k") == "2 local")
        gate.shut()
        #expect(try await read("k") == "2 remote")
    }

    @Test func `a value is kept for its own life, and a minute at most`() async throws {
        _ = try await layer.write([write("short", for: 10), write("written")])
        _ = try await store.apply(Change(writes: [write("brief", for: 10), write("read")]))
        for key in ["brief", "read"] { _ = try await read(key) }
        clock.advance(by: .seconds(9))
        for key in ["short", "brief", "written", "read"] {
            #expect(try await read(key) == "v local")
        }
        clock.advance(by: .seconds(1))
        #expect(try await read("short") == nil)
        #expect(try await read("brief") == nil)
        clock.advance(by: .seconds(50))
        #expect(try await read("written") == "v remote")
        #expect(try await read("read") == "v remote")
    }

    @Test func `nothing asked for does nothing, and announces nothing`() async throws {
        #expect(try await layer.remove([]) == 0)
        #expect(try await layer.write([]) == [])
        #expect(try await layer.purge([]) == 0)
        #expect(try await announcements() == [])
    }

    @Test func `many keys are removed in bounded changes`() async throws {
        let keys = (0..<2500).map { "k\($0)" }
        for chunk in [keys[..<1000], keys[1000...]] {
            _ = try await layer.write(chunk.map { write($0) })
        }
        let before = try await announcements().count
        #expect(try await layer.remove(keys) == 2500)
        let changes = try await announcements()[before...]
        #expect(changes.map(\.keys.count) == [1000, 1000, 500])
        #expect(changes.flatMap(\.keys) == keys)
        #expect(server.count == 0)
    }

    @Test func `long keys are removed in changes bounded by bytes, the longest alone`() async throws
    {
        let keys = [600_000, 600_000, 3_000_000, 1, 1].enumerated()
            .map { "\($0)" + String(repeating: "k", count: $1) }
        _ = try await layer.remove(keys)
        #expect(try await announcements().map(\.keys.count) == [1, 1, 1, 2])
        #expect(try await announcements().flatMap(\.keys) == keys)
    }

    @Test func `values are written in changes bounded by number and by bytes`() async throws {
        let small = (0..<1001).map { write("s\($0)") }
        #expect(try await layer.write(small).count == 1001)
        #expect(try await announcements().map(\.keys.count) == [1000, 1])
        let half = String(repeating: "x", count: 600_000)
        let large = String(repeating: "x", count: 3_000_000)
        let outcomes = try await layer.write([
            write("a", half), write("b", half), write("c", large), write("d"), write("e"),
        ])
        #expect(outcomes.map { $0 == .written } == [true, true, true, true, true])
        #expect(try await announcements()[2...].map(\.keys) == [["a"], ["b"], ["c"], ["d", "e"]])
        #expect(server.count == 1006)
    }

    @Test func `a purge is announced before it begins and when it is complete`() async throws {
        _ = try await layer.write([write("app:1", tags: ["t"]), write("app:2"), write("x")])
        let before = try await announcements().count
        let removed = try await layer.purge([.tag("t"), .namespace("app"), .pattern("x*")])
        #expect(removed == 3)
        let scopes = Announcement(tags: ["t"], patterns: ["x*"], namespaces: ["app"])
        let members = Announcement(keys: ["app:1"])
        #expect(try await announcements()[before...] == [scopes, members, scopes])
        for key in ["app:1", "app:2", "x"] { #expect(try await read(key) == nil) }
    }

    @Test func `a purge drops copies whose tags only the store knows`() async throws {
        _ = try await store.apply(Change(writes: [write("k", tags: ["t"])]))
        server.addMember("foreign", toTag: "t")
        _ = try await store.apply(Change(writes: [write("foreign")]))
        for key in ["k", "foreign"] { _ = try await read(key) }
        #expect(try await layer.purge([.tag("t")]) == 2)
        for key in ["k", "foreign"] { #expect(try await read(key) == nil) }
    }

    @Test func `cleaning up removes orphaned members and expired copies`() async throws {
        _ = try await layer.write([write("k", for: 5, tags: ["t"]), write("l", tags: ["t"])])
        clock.advance(by: .seconds(5))
        #expect(layer.removeExpiredLocalEntries() == 1)
        #expect(layer.removeExpiredLocalEntries() == 0)
        #expect(try await layer.removeOrphanedTagMembers() == 1)
        #expect(server.members(ofTag: "t") == ["l"])
    }
}
