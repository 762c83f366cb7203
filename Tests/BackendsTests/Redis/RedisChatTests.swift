import Backends
import CacheDomain
import Conformance
import Telemetry
import TestSupport
import Testing
import ValueCoding

@Suite struct RedisChatTests {
    @Test(arguments: ChatConformance.checks)
    func `chats over Redis keep their promises`(
        check: Check<ChatConformance.Subject>
    ) async throws {
        try await withRedis { server in
            try await followingLayers(server) { layers in
                try await check.run(on: ChatConformance.Subject(layers, prefix: "test"))
            }
        }
    }

    @Test func `keys and structures are those of services in other languages`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let layer = CacheLayer(
                store: parts.store,
                tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
                gate: ServingGate(origin: .now)
            )
            let chat = try ChatCache(layer, coder: JSONValueCoder())
            try await Self.fill(chat)
            let probe = try RedisProbe(port: server.port)
            func read(_ words: String...) throws -> [String?] {
                let reply = try probe.command(words)
                return reply.elements.isEmpty ? [reply.text] : reply.elements.map(\.text)
            }
            let types: [(key: String, type: String, seconds: Int)] = [
                ("session:s", "hash", 7200), ("response_chain:s", "list", 7200),
                ("last_response:s", "string", 7200), ("history:s", "string", 1800),
                ("tool_execution:s:q", "hash", 300), ("streaming:s:q", "hash", 120),
                ("vector_store:vs", "string", 86_400), ("rate_limit:s", "zset", 3600),
                ("request_correlation:s:q", "string", 3600), ("chat_mapping:c", "string", 7200),
            ]
            for (key, type, seconds) in types {
                #expect(try probe.command("TYPE", "drug_reco:\(key)").text == type, "\(key)")
                let left = try #require(try probe.command("TTL", "drug_reco:\(key)").integer)
                #expect(left <= seconds && left > seconds - 60, "\(key) lives \(left) s")
            }
            #expect(
                try read("HMGET", "drug_reco:session:s", "user_id", "agent_ready", "counts")
                    == ["user-456", "true", "[1,2]"]
            )
            #expect(try read("LRANGE", "drug_reco:response_chain:s", "0", "-1") == ["r-1", "r-2"])
            #expect(try read("GET", "drug_reco:last_response:s") == ["r-2"])
            #expect(
                try read("GET", "drug_reco:history:s") == [#"[{"content":"hi","role":"user"}]"#]
            )
            #expect(try read("HGET", "drug_reco:streaming:s:q", "status") == ["streaming"])
            #expect(try read("GET", "drug_reco:chat_mapping:c") == ["r-2"])
            let now = try #require(try read("TIME")[0].flatMap(Double.init))
            let score = try read("ZRANGE", "drug_reco:rate_limit:s", "0", "0", "WITHSCORES")[1]
            let moment = try #require(score.flatMap(Double.init))
            #expect(abs(moment - now) < 3600, "seconds since 1970, as other programs write them")
        }
    }

    @Test func `what a Python service wrote is read`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let layer = CacheLayer(
                store: parts.store,
                tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
                gate: ServingGate(origin: .now)
            )
            let chat = try ChatCache(layer, coder: JSONValueCoder())
            let probe = try RedisProbe(port: server.port)
            _ = try probe.command(
                "HSET",
                "drug_reco:session:s",
                "user_id",
                "u",
                "agent_ready",
                "true",
                "counts",
                "[1, 2]"
            )
            _ = try probe.command("RPUSH", "drug_reco:response_chain:s", "a", "b")
            _ = try probe.command(
                "SETEX",
                "drug_reco:history:s",
                "60",
                #"[{"role": "user", "content": "hi"}]"#
            )
            _ = try probe.command("ZADD", "drug_reco:rate_limit:s", "1.5", "long ago")
            let known = try await chat.metadata(Session.self, forSession: "s")
            #expect(known == Session(userID: "u", isReady: true, counts: [1, 2]))
            #expect(try await chat.responseChain(forSession: "s") == ["a", "b"])
            let history = try await chat.history([[String: String]].self, forSession: "s")
            #expect(history == [["role": "user", "content": "hi"]])
            #expect(try await chat.requestCount(forSession: "s") == 0)
            #expect(try await chat.incrementRequestCount(forSession: "s") == 1)
        }
    }

    @Test func `large histories are compressed, and what is not is read all the same`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let layer = CacheLayer(
                store: parts.store,
                tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
                gate: ServingGate(origin: .now)
            )
            let json = JSONValueCoder()
            let coder = CompressingFieldCoder(json, try CompressingCoder(json))
            let chat = try ChatCache(layer, coder: coder)
            let probe = try RedisProbe(port: server.port)
            let long = [["content": String(repeating: "and so on, ", count: 1000)]]
            try await chat.cacheHistory(long, forSession: "long")
            let length = try probe.command("STRLEN", "drug_reco:history:long").integer
            #expect(length.map { $0 < 200 } == true)
            #expect(try await chat.history([[String: String]].self, forSession: "long") == long)
            _ = try probe.command("SETEX", "drug_reco:history:s", "60", #"[{"content": "hi"}]"#)
            let short = try await chat.history([[String: String]].self, forSession: "s")
            #expect(short == [["content": "hi"]])
            try await chat.setMetadata(["user_id": "u"], forSession: "s")
            #expect(try probe.command("HGET", "drug_reco:session:s", "user_id").text == "u")
        }
    }

    @Test func `a store that is away is told as such, and a caller can fall back`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let layer = CacheLayer(
                store: parts.store,
                tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
                gate: ServingGate(origin: .now)
            )
            let chat = try ChatCache(layer, coder: JSONValueCoder())
            try await chat.appendResponse("r", toSession: "s")
            await server.kill()
            let error = await #expect(throws: CacheError.self) {
                _ = try await chat.responseChain(forSession: "s")
            }
            #expect(error?.code == .connection)
            #expect(error?.isRetriable == true)
        }
    }

    struct Session: Codable, Equatable {
        var userID: String
        var isReady: Bool
        var counts: [Int]

        enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case isReady = "agent_ready"
            case counts
        }
    }

    private static func fill(_ chat: ChatCache) async throws {
        try await chat.setMetadata(
            Session(userID: "user-456", isReady: true, counts: [1, 2]),
            forSession: "s"
        )
        for response in ["r-1", "r-2"] {
            try await chat.appendResponse(response, toSession: "s")
        }
        try await chat.cacheHistory([["role": "user", "content": "hi"]], forSession: "s")
        let state = ["status": "streaming"]
        try await chat.setToolExecution(state, forSession: "s", request: "q")
        try await chat.setStreaming(state, forSession: "s", request: "q")
        try await chat.setRequestCorrelation(state, forSession: "s", request: "q")
        try await chat.cacheVectorStoreValidation(state, forStore: "vs")
        try await chat.incrementRequestCount(forSession: "s")
        try await chat.setChatMapping("c", response: "r-2")
    }
}
