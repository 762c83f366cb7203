import CacheDomain
import Testing

/// Readers and writers who keep no copy, beside others who do.
@Suite(.timeLimit(.minutes(1))) struct UnkeptCopyTests {
    private let node = LoadingNode()

    private func write(_ text: String, keepsCopy: Bool) async throws {
        let write = CacheWrite(
            key: "k",
            value: Array(text.utf8),
            timeToLive: .seconds(600),
            keepsCopy: keepsCopy
        )
        _ = try await node.layer.write([write])
    }

    private func read(keepsCopy: Bool) async throws -> String? {
        try await node.layer.value(forKey: "k", keepsCopy: keepsCopy)
            .map { "\(String(decoding: $0.bytes, as: UTF8.self)) \($0.origin.rawValue)" }
    }

    @Test func `who keeps no copy asks the store each time, and leaves nothing behind`()
        async throws
    {
        try await write("1", keepsCopy: false)
        #expect(node.tier.count == 0)
        for _ in 0..<2 { #expect(try await read(keepsCopy: false) == "1 remote") }
        let many = try await node.layer.values(forKeys: ["k", "x"], keepsCopy: false)
        #expect(many.map { $0?.origin } == [.remote, nil])
        #expect(node.tier.count == 0)
        #expect(node.store.readings == 3)
    }

    @Test func `a copy that another one keeps answers, and goes with a write`() async throws {
        try await write("1", keepsCopy: true)
        #expect(try await read(keepsCopy: false) == "1 local")
        try await write("2", keepsCopy: false)
        #expect(node.tier.count == 0)
        #expect(try await read(keepsCopy: true) == "2 remote")
        #expect(try await read(keepsCopy: false) == "2 local")
    }

    @Test func `a copy that may not be trusted is renewed by who keeps none`() async throws {
        try await write("1", keepsCopy: true)
        node.tier.distrustAll()
        #expect(try await read(keepsCopy: false) == "1 remote")
        #expect(try await read(keepsCopy: true) == "1 local")
    }

    @Test func `a reader who keeps no copy has seen what he was answered`() async throws {
        try await write("1", keepsCopy: true)
        // Another process, whose message is on its way still.
        _ = try await node.other.apply(
            Change(writes: [CacheWrite(key: "k", value: [0x32], timeToLive: .seconds(600))])
        )
        node.tier.distrustAll()
        #expect(try await read(keepsCopy: false) == "2 remote")
        #expect(try await read(keepsCopy: true) == "2 local")
    }

    @Test func `a load leaves no copy where none is to be kept`() async throws {
        let policy = LoadPolicy(timeToLive: .seconds(600), keepsCopy: false)
        let source = Source("v")
        #expect(try await node.read(source, policy) == "v source")
        for _ in 0..<2 { #expect(try await node.read(source, policy) == "v remote") }
        #expect(source.count == 1)
        #expect(node.tier.count == 0)
    }
}
