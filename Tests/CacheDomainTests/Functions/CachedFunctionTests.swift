import CacheDomain
import TestSupport
import Testing

/// What becomes of cached functions when the cache fails.
@Suite(.timeLimit(.minutes(1))) struct CachedFunctionTests {
    private let node = LoadingNode()
    private var cache: Cache { Cache(node.layer, namespace: "n", coder: TextCoder()) }
    private let source = Source("v")

    private func ask() async throws -> String {
        String(decoding: try await source.load() ?? [], as: UTF8.self)
    }

    @Test(arguments: [StoreError.Code.unavailable, .outcomeUnknown, .refused, .denied, .invalid])
    func `whatever the store fails with, the function runs`(code: StoreError.Code) async throws {
        node.store.fail(with: StoreError(code, "no"))
        let read = cache.cached("read") { (_: String) in try await ask() }
        for _ in 0..<2 { #expect(try await read("a") == "v") }
        #expect(source.count == 2)
        node.store.fail(with: nil)
        for _ in 0..<2 { #expect(try await read("a") == "v") }
        #expect(source.count == 3)
    }

    @Test func `a result that cannot be written is returned`() async throws {
        node.store.failChanges(with: StoreError(.full, "no memory"))
        let read = cache.cached("read") { (_: String) in try await ask() }
        #expect(try await read("a") == "v")
        #expect(node.layer.loadStatistics[.unwritten] == 1)
    }

    @Test func `a result that cannot be encoded is returned, and what cannot be decoded replaced`()
        async throws
    {
        let number = cache.cached("number") { (number: Int) in number }
        #expect(try await number(7) == 7)
        #expect(cache.statistics.unencodable > 0)
        let read = cache.cached("number") { (_: Int) in try await ask() }
        #expect(try await read(8) == "v")
        #expect(try await number(8) == 8)
        #expect(cache.statistics.corrupt == 1)
    }

    @Test func `times and keys that cannot be do not keep a function from running`() async throws {
        let never = cache.cached("read", policy: FunctionPolicy(timeToLive: .zero)) {
            try await ask()
        }
        #expect(try await never() == "v")
        let absent = cache.cached("read", policy: FunctionPolicy(absenceTime: .seconds(-1))) {
            try await ask()
        }
        #expect(try await absent() == "v")
        let nameless = cache.cached("") { try await ask() }
        #expect(try await nameless() == "v")
        #expect(cache.statistics.errors == 3)
        #expect(source.count == 3)
    }

    @Test func `a noted absence of another function is no result of one that always has one`()
        async throws
    {
        let policy = FunctionPolicy(absenceTime: .seconds(60))
        let none = cache.cached("read", policy: policy) { nil as String? }
        #expect(try await none() == nil)
        let read = cache.cached("read", policy: policy) { try await ask() }
        #expect(try await read() == "v")
    }

    @Test func `what a function throws is not taken for a failure of the cache`() async throws {
        source.fail(true)
        let read = cache.cached("read") { (_: String) in try await ask() }
        await #expect(throws: Source.Failure.self) { try await read("a") }
        #expect(source.count == 1)
        let refusing = cache.cached("refuse") { () -> String in throw StoreError(.denied, "mine") }
        let error = await #expect(throws: StoreError.self) { try await refusing() }
        #expect(error?.message == "mine")
        #expect(cache.statistics.errors == 0)
    }

    @Test func `a function that runs too long is cancelled, and its callers are told`()
        async throws
    {
        let slow = Source("v", isPaused: true)
        let policy = FunctionPolicy(runTime: .seconds(90))
        let read = cache.cached("read", policy: policy) { (_: String) in
            String(decoding: try await slow.load() ?? [], as: UTF8.self)
        }
        let caller = Task { try await read("a") }
        await slow.reached.wait()
        await node.clock.untilAsleep(2)
        node.clock.advance(by: .seconds(90))
        let error = await #expect(throws: LoadError.self) { try await caller.value }
        #expect(error == .timedOut(key: "n:read:a", after: .seconds(90)))
        slow.mayGoOn.open()
    }

    @Test func `a caller that is cancelled waits no longer, and the function is not run again`()
        async throws
    {
        let slow = Source("v", isPaused: true)
        let read = cache.cached("read") { (_: String) in
            String(decoding: try await slow.load() ?? [], as: UTF8.self)
        }
        let caller = Task { try await read("a") }
        await slow.reached.wait()
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        slow.mayGoOn.open()
        #expect(slow.count == 1)
    }

    @Test func `a stale result is served behind which the function runs, where that is wanted`()
        async throws
    {
        let policy = FunctionPolicy(
            timeToLive: .seconds(600),
            freshTime: .seconds(60),
            stale: .staleWhileRevalidate
        )
        let read = cache.cached("read", policy: policy) { (_: String) in try await ask() }
        #expect(try await read("a") == "v")
        source.set("w")
        node.clock.advance(by: .seconds(61))
        #expect(try await read("a") == "v")
        try await eventually("the function has run") { try await read("a") == "w" }
        #expect(source.count == 2)
    }
}
