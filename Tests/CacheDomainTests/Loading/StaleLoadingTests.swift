import CacheDomain
import TestSupport
import Testing

/// Values that are older than they should be, and are still kept.
@Suite(.timeLimit(.minutes(1))) struct StaleLoadingTests {
    private let node = LoadingNode()
    private let source = Source("old")

    private func policy(_ stale: ReadPolicy) -> LoadPolicy {
        LoadPolicy(timeToLive: .seconds(50), freshTime: .seconds(20), stale: stale)
    }

    private func age(by time: Duration) async throws {
        _ = try await node.read(source, policy(.askStore))
        source.set("new")
        node.clock.advance(by: time)
    }

    @Test(arguments: ReadPolicy.allCases)
    func `a value is fresh for its time, here and in the store`(stale: ReadPolicy) async throws {
        try await age(by: .seconds(19))
        let second = LoadingNode(node.clock, node.server, "b")
        #expect(try await node.read(source, policy(stale)) == "old local")
        #expect(try await second.read(source, policy(stale)) == "old remote")
        #expect(source.count == 1)
    }

    @Test(arguments: [ReadPolicy.askStore, .staleIfError])
    func `a stale value is loaded anew before anybody gets it`(stale: ReadPolicy) async throws {
        try await age(by: .seconds(20))
        #expect(try await node.read(source, policy(stale)) == "new source")
        #expect(try await node.stored() == "new")
    }

    @Test(arguments: [true, false])
    func `a stale value is served, and marked, while one reader loads it anew`(
        isHeldHere: Bool
    ) async throws {
        try await age(by: .seconds(20))
        let reader = isHeldHere ? node : LoadingNode(node.clock, node.server, "b")
        let slow = Source("new", isPaused: true)
        for _ in 0..<5 {
            #expect(try await reader.read(slow, policy(.staleWhileRevalidate)) == "old stale")
        }
        await slow.reached.wait()
        let third = LoadingNode(node.clock, node.server, "c")
        #expect(try await third.read(slow, policy(.staleWhileRevalidate)) == "old stale")
        slow.mayGoOn.open()
        try await eventually("it is new") {
            try await reader.read(slow, policy(.staleWhileRevalidate)) == "new local"
        }
        #expect(slow.count == 1)
        #expect(try await node.stored() == "new")
    }

    @Test func `a stale value that was removed is not served, though it is being loaded anew`()
        async throws
    {
        try await age(by: .seconds(20))
        let slow = Source("older", isPaused: true)
        #expect(try await node.read(slow, policy(.staleWhileRevalidate)) == "old stale")
        await slow.reached.wait()
        _ = try await node.layer.remove(["k"])
        slow.set("newest")
        async let reading = node.read(slow, policy(.staleWhileRevalidate))
        try await eventually("it waits") { node.layer.loadStatistics.shared == 1 }
        slow.mayGoOn.open()
        #expect(try await reading == "newest source")
        #expect(try await node.stored() == "newest")
    }

    @Test func `when the source fails a stale value is served, until it is not kept any more`()
        async throws
    {
        try await age(by: .seconds(20))
        source.fail(true)
        await #expect(throws: Source.Failure.self) {
            try await node.read(source, policy(.askStore))
        }
        try await node.untilReleased()
        #expect(try await node.read(source, policy(.staleIfError)) == "old stale")
        node.clock.advance(by: .milliseconds(29_999))
        #expect(try await node.read(source, policy(.staleIfError)) == "old stale")
        node.clock.advance(by: .milliseconds(1))
        for policy in [policy(.staleIfError), policy(.staleWhileRevalidate)] {
            await #expect(throws: Source.Failure.self) { try await node.read(source, policy) }
        }
    }

    @Test func `a source that fails behind stale values is asked once for the time of a lease`()
        async throws
    {
        try await age(by: .seconds(20))
        source.fail(true)
        let count = source.count
        #expect(try await node.read(source, policy(.staleWhileRevalidate)) == "old stale")
        try await eventually("it was asked") { node.layer.loadStatistics[.failed] == 1 }
        for _ in 0..<3 {
            let readings = node.store.readings
            try await eventually("the store was looked at again") {
                let text = try await node.read(source, policy(.staleWhileRevalidate))
                #expect(text == "old stale")
                return node.store.readings > readings
            }
        }
        #expect(source.count == count + 1)
        source.fail(false)
        node.clock.advance(by: .seconds(5))
        try await eventually("it was asked again") {
            try await node.read(source, policy(.staleWhileRevalidate)) == "new local"
        }
    }

    @Test func `a stale value goes when the source has none any more`() async throws {
        try await age(by: .seconds(20))
        source.set(nil)
        #expect(try await node.read(source, policy(.askStore)) == "nothing source")
        #expect(try await node.stored() == nil)
        #expect(try await node.read(source, policy(.staleIfError)) == "nothing source")
    }

    @Test func `what was written with another life is judged by what is left of it`() async throws {
        let write = CacheWrite(key: "k", value: Array("w".utf8), timeToLive: .seconds(31))
        _ = try await node.layer.write([write])
        #expect(try await node.read(source, policy(.askStore)) == "w local")
        node.clock.advance(by: .seconds(1))
        #expect(try await node.read(source, policy(.askStore)) == "old source")
    }
}
