import CacheDomain
import TestSupport
import Testing

/// What the conformance suite cannot see: copies, failures of the store, and what is told.
@Suite(.timeLimit(.minutes(1))) struct ResponseCacheTests {
    private let node = LoadingNode()
    private let record = EventRecord()

    private func cache(_ settings: ResponseSettings = ResponseSettings()) throws -> ResponseCache {
        try ResponseCache(node.layer, coder: TextCoder(), settings: settings, observer: record)
    }

    private var calls: [CallReport] {
        record.events.compactMap { if case .called(let report) = $0 { report } else { nil } }
    }

    private func text(_ length: Int) -> String { String(repeating: "x", count: length) }

    @Test func `responses to short texts have copies, those to longer ones are asked for`()
        async throws
    {
        let cache = try cache()
        for length in [499, 500, 5000, 50_000] {
            await cache.cacheResponse("r", text: text(length), operation: "qa")
        }
        #expect(node.tier.count == 1)
        for length in [499, 500, 5000, 50_000] {
            let found = await cache.response(String.self, text: text(length), operation: "qa")
            #expect(found == "r")
        }
        #expect(node.tier.count == 1)
        #expect(cache.statistics.hits == [.local: 1, .remote: 3])
    }

    @Test func `which tiers have copies, and where they begin, is a setting`() async throws {
        var settings = ResponseSettings()
        settings.tiers = TextTiers(smallLimit: 2, mediumLimit: 4, kept: [.small, .medium])
        let cache = try cache(settings)
        for length in 1...5 {
            await cache.cacheResponse("r", text: text(length), operation: "qa")
        }
        #expect(node.tier.count == 3)
    }

    @Test func `each call is told with its key, its outcome and its time`() async throws {
        let cache = try cache()
        let long = text(1500)
        _ = await cache.response(String.self, text: long, operation: "qa", question: "?")
        await cache.cacheResponse("r", text: long, operation: "qa", question: "?")
        _ = await cache.response(String.self, text: long, operation: "qa", question: "?")
        let key = CacheEvent.madeKey(
            KeyReport(operation: "qa", textLength: 1500, isHashed: true, duration: .zero)
        )
        func call(_ kind: CallReport.Kind, _ outcome: CallReport.Outcome) -> CacheEvent {
            .called(
                CallReport(
                    kind,
                    operation: "qa",
                    outcome: outcome,
                    textLength: 1500,
                    duration: .zero
                )
            )
        }
        #expect(
            record.events == [
                key, call(.get, .miss), key, call(.set, .stored), key, call(.get, .hit(.remote)),
            ]
        )
    }

    @Test func `while the store is away copies answer, and nothing reaches the caller`()
        async throws
    {
        let cache = try cache()
        await cache.cacheResponse("r", text: "kept", operation: "qa")
        let away = StoreError(.unavailable, "away")
        node.store.fail(with: away)
        node.store.failChanges(with: away)
        node.gate.shut()
        #expect(await cache.response(text: "kept", operation: "qa") == "r")
        #expect(await cache.response(String.self, text: "other", operation: "qa") == nil)
        #expect(await !cache.cacheResponse("r", text: "other", operation: "qa"))
        let outcomes = calls.map(\.outcome)
        #expect(outcomes[..<2] == [.stored, .hit(.stale)])
        for outcome in outcomes[2...] {
            guard case .failed(let reason) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(reason.contains("away"))
        }
        #expect(cache.statistics.errors == 2)
        node.store.fail(with: nil)
        node.store.failChanges(with: nil)
        #expect(await cache.cacheResponse("r", text: "other", operation: "qa"))
        #expect(await cache.response(text: "other", operation: "qa") == "r")
    }

    @Test func `an invalidation that fails says so, with its context`() async throws {
        let cache = try cache()
        await cache.cacheResponse("r", text: "t", operation: "qa")
        node.store.failPurges(with: StoreError(.unavailable, "away"))
        #expect(await cache.invalidateByOperation("qa", context: "model_update") == 0)
        let report = try #require(record.invalidations.first)
        #expect(report.context == "model_update")
        #expect(report.removedCount == 0)
        #expect(report.failure?.contains("away") == true)
        node.store.failPurges(with: nil)
        #expect(await cache.invalidatePattern("") == 1)
    }

    @Test func `a damaged compressed response is none, and is removed`() async throws {
        let cache = try cache()
        let response = text(5000)
        await cache.cacheResponse(response, text: "t", operation: "qa")
        let key = cache.key(of: ResponseRequest(text: "t", operation: "qa"))
        #expect(key == "ai_cache:op:qa|txt:t")
        let bytes = try #require(try await node.other.values(forKeys: [key]).values[0]?.bytes)
        #expect(bytes.count < 100)
        for end in [9, bytes.count - 1] {
            let damaged = CacheWrite(
                key: key,
                value: Array(bytes[..<end]),
                timeToLive: .seconds(60)
            )
            _ = try await node.layer.write([damaged])
            #expect(await cache.response(String.self, text: "t", operation: "qa") == nil)
            #expect(try await node.stored(key) == nil)
        }
        #expect(cache.statistics.corrupt == 2)
    }

    @Test func `settings that cannot be are refused, and said`() throws {
        let odd: [(String, (inout ResponseSettings) -> Void)] = [
            ("namespace", { $0.namespace = "" }), ("qa", { $0.lives["qa"] = .zero }),
            ("live", { $0.defaultLife = .seconds(-1) }), ("-1", { $0.hashThreshold = -1 }),
            ("10", { $0.compressionLevel = 10 }), ("-5", { $0.compressionThreshold = -5 }),
            ("small", { $0.tiers.smallLimit = 5001 }), ("medium", { $0.tiers.mediumLimit = 1 }),
        ]
        for (word, change) in odd {
            var settings = ResponseSettings()
            change(&settings)
            let error = #expect(throws: CacheError.self) { try cache(settings) }
            #expect(error?.code == .configuration)
            #expect(error.map { "\($0)" }?.contains(word) == true, "\(word)")
        }
    }
}
