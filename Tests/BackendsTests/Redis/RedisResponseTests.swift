import CacheDomain
import Conformance
import TestSupport
import Testing
import ValueCoding

@Suite(.timeLimit(.minutes(1))) struct RedisResponseTests {
    @Test(arguments: ResponseConformance.checks)
    func `responses over Redis keep their promises`(
        check: Check<ResponseConformance.Subject>
    ) async throws {
        try await withRedis { server in
            try await followingLayers(server) { layers in
                try await check.run(on: ResponseConformance.Subject(layers, prefix: "test"))
            }
        }
    }

    private func layer(on server: RedisServer) throws -> CacheLayer {
        CacheLayer(
            store: try RedisParts(server).store,
            tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
            gate: ServingGate(origin: .now)
        )
    }

    @Test func `keys and small responses are readable by any client`() async throws {
        try await withRedis { server in
            let cache = try ResponseCache(layer(on: server), coder: JSONValueCoder())
            let probe = try RedisProbe(port: server.port)
            await cache.cacheResponse(
                ["summary": "Brief"],
                text: "Test text",
                operation: "summarize",
                options: ["max_length": 100],
                question: "Why?"
            )
            let key = "ai_cache:op:summarize|txt:Test text|opts:5104236b|q:2673ce82"
            #expect(try probe.command("GET", key).text == #"{"summary":"Brief"}"#)
            let left = try #require(try probe.command("TTL", key).integer)
            #expect((7190...7200).contains(left))
            let large = ["summary": String(repeating: "again and ", count: 1000)]
            await cache.cacheResponse(large, text: "t", operation: "qa")
            guard case .bytes(let bytes) = try probe.command("GET", "ai_cache:op:qa|txt:t") else {
                Issue.record("no bytes")
                return
            }
            #expect(bytes.prefix(8) == [0xF8, 0x7A, 0x6C, 0x01, 0, 0, 0x27, 0x1E])
            #expect(bytes.count < 200)
        }
    }

    @Test func `a service in Python finds what was kept here, and is found`() async throws {
        try await withRedis { server in
            let cache = try ResponseCache(layer(on: server), coder: JSONValueCoder())
            let options: [String: OptionValue] = ["max_length": 100, "temperature": 0.7, "z": nil]
            let words = String(repeating: "many words\u{A0}of \u{E9} ", count: 200)
            let said = String(repeating: "so ", count: 1000)
            await cache.cacheResponse(["a": 1], text: "a:b", operation: "qa", options: options)
            await cache.cacheResponse(["b": said], text: words, operation: "summarize")
            let optionsText = #"{"z":null,"temperature":0.7,"max_length":100}"#
            let requests = """
                [{"text":"a:b","operation":"qa","options":\(optionsText),"question":""},
                 {"text":"\(words)","operation":"summarize","options":{},"question":""},
                 {"text":"\(words)","operation":"qa","options":\(optionsText),"question":"Wo?",
                  "response":{"c":[true]}}]
                """
            let answer = try await PythonReader.run(on: server.port, requests)
            #expect(answer == #"[{"a": 1}, {"b": "\#(said)"}, {"c": [true]}]"# + "\n")
            let found = await cache.response(
                [String: [Bool]].self,
                text: words,
                operation: "qa",
                options: options,
                question: "Wo?"
            )
            #expect(found == ["c": [true]])
        }
    }

    @Test func `a service in Python finds whatever was asked in whatever words`() async throws {
        try await withRedis { server in
            let cache = try ResponseCache(layer(on: server), coder: JSONValueCoder())
            var random = SeededGenerator(seed: 7)
            let requests = (0..<200).map { Request(number: $0, &random) }
            for request in requests {
                let isKept = await cache.cacheResponse(
                    request.number,
                    text: request.text,
                    operation: request.operation,
                    options: request.options.mapValues { .number($0) },
                    question: request.question
                )
                #expect(isKept)
            }
            let json = String(decoding: try JSONValueCoder().encode(requests), as: UTF8.self)
            let answer = try await PythonReader.run(on: server.port, json)
            let numbers = try JSONValueCoder().decode([Int?].self, from: Array(answer.utf8))
            #expect(numbers == requests.map(\.number))
        }
    }

    /// A request in words that are hard to count.
    private struct Request: Encodable {
        private static let letters = [
            "a", "word", " ", "  ", "\n", "\r\n", "\t", "\u{1C}", "\u{85}", "\u{A0}",
            "\u{2003}", "\u{200B}", "\u{3000}", "|", ":", "e\u{301}", "\u{1F469}\u{200D}\u{1F52C}",
            "\u{FEFF}", "\"", "\\", "*", "{x}", "\u{10FFFF}",
        ]

        private static let scales = [1e-9, 1, 1e9, 1e22]

        let number: Int
        let text: String
        let operation: String
        let options: [String: Double]
        let question: String

        init(number: Int, _ random: inout SeededGenerator) {
            func words(_ count: Int) -> String {
                (0..<count).map { _ in Self.letters.randomElement(using: &random) ?? "" }.joined()
            }
            self.number = number
            let lengths = [1, 10, 500, 600, 700, 3000]
            text = words(lengths.randomElement(using: &random) ?? 1) + "\(number)"
            operation = ["summarize", "qa", "\u{FC}bersetzen"].randomElement(using: &random) ?? ""
            let names = (0..<Int.random(in: 0...3, using: &random)).map { _ in words(2) }
            options = names.reduce(into: [:]) { options, name in
                let scale = Self.scales.randomElement(using: &random) ?? 1
                options[name] = Double.random(in: 0.1...0.9, using: &random) * scale
            }
            question = Bool.random(using: &random) ? words(5) : ""
        }
    }

    @Test func `calls go on while Redis is away, and responses are kept again behind it`()
        async throws
    {
        try await withRedis { server in
            let record = EventRecord()
            let cache = try ResponseCache(
                layer(on: server),
                coder: JSONValueCoder(),
                observer: record
            )
            await cache.cacheResponse("r", text: "t", operation: "qa")
            await server.kill()
            #expect(await cache.response(text: "t", operation: "qa") == "r")
            #expect(await cache.response(String.self, text: "other", operation: "qa") == nil)
            #expect(await !cache.cacheResponse("r", text: "other", operation: "qa"))
            #expect(await cache.invalidateByOperation("qa", context: "c") == 0)
            #expect(record.invalidations.first?.failure != nil)
            #expect(cache.statistics.hits == [.stale: 1])
            try await server.restart()
            try await eventually("responses are kept again") {
                await cache.cacheResponse("r", text: "other", operation: "qa")
            }
            #expect(await cache.response(text: "other", operation: "qa") == "r")
        }
    }
}
