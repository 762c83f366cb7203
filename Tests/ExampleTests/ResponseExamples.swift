import CacheDomain
import Testing
import ValueCoding

/// What the documentation shows of `ResponseCache`, and of values that are compressed.
@Suite(.timeLimit(.minutes(1))) struct ResponseExamples {
    private struct Summary: Codable, Equatable {
        var summary: String
        var confidence: Double
    }

    private let summary = Summary(summary: "Brief summary", confidence: 0.95)
    private let article = "Long document to analyze..."

    @Test func `a model need not be asked twice`() async throws {
        try await withLayer { layer in
            let responses = try ResponseCache(layer, coder: JSONValueCoder())
            await responses.cacheResponse(summary, text: article, operation: "summarize")
            let known: Summary? = await responses.response(text: article, operation: "summarize")
            #expect(known == summary)
        }
    }

    @Test func `responses are kept as a service has them set up`() async throws {
        try await withLayer { layer in
            let record = EventRecord()
            var settings = ResponseSettings()
            settings.compressionThreshold = 2000
            settings.lives["summarize"] = .seconds(7200)
            let responses = try ResponseCache(
                layer,
                coder: JSONValueCoder(),
                settings: settings,
                observer: record
            )

            let options: [String: OptionValue] = ["max_length": 100, "model": "gpt-4"]
            await responses.cacheResponse(
                summary,
                text: article,
                operation: "summarize",
                options: options
            )
            let known: Summary? = await responses.response(
                text: article,
                operation: "summarize",
                options: options
            )
            #expect(known == summary)

            await responses.invalidateByOperation("summarize", context: "model_update")
            await responses.invalidatePattern("sentiment", context: "batch_invalidation")
            let contexts = record.invalidations.map(\.context)
            #expect(contexts == ["model_update", "batch_invalidation"])
            let hitRate = responses.statistics.hitRate
            #expect(hitRate == 1)
        }
    }

    @Test func `large values of any cache are compressed`() async throws {
        try await withLayer { layer in
            let coder = try CompressingCoder(JSONValueCoder(), threshold: 1000, level: 6)
            let pages = Cache(layer, namespace: "pages", coder: coder)
            let page = String(repeating: "a line of many\n", count: 1000)
            #expect(try await pages.setValue(page, forKey: "home"))
            #expect(try await pages.value(forKey: "home") == page)
        }
    }

    @Test func `large values of a chat are compressed`() async throws {
        try await withLayer { layer in
            let json = JSONValueCoder()
            let coder = CompressingFieldCoder(json, try CompressingCoder(json))
            let chat = try ChatCache(layer, coder: coder)
            let history = [["content": String(repeating: "and so on, ", count: 1000)]]
            try await chat.cacheHistory(history, forSession: "session-123")
            let known = try await chat.history([[String: String]].self, forSession: "session-123")
            #expect(known == history)
        }
    }
}
