import CacheDomain
import Conformance
import TestSupport
import Testing
import ValueCoding

@Suite(.timeLimit(.minutes(1))) struct RedisDomainTests {
    @Test(arguments: DomainConformance.checks)
    func `domain data over Redis keeps its promises`(
        check: Check<DomainConformance.Subject>
    ) async throws {
        try await withRedis { server in
            try await followingLayers(server) { layers in
                try await check.run(on: DomainConformance.Subject(layers, prefix: "test"))
            }
        }
    }

    private func domain(on server: RedisServer) throws -> DomainCache {
        let layer = CacheLayer(
            store: try RedisParts(server).store,
            tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
            gate: ServingGate(origin: .now)
        )
        return try DomainCache(layer, coder: JSONValueCoder())
    }

    @Test func `keys and lives are those of the table, and values are readable by any client`()
        async throws
    {
        try await withRedis { server in
            let domain = try domain(on: server)
            let state = ["phase": "closing"]
            try await domain.setConversation(state, id: "conversation-id-123")
            try await domain.setCustomer(state, id: "customer-id-456")
            try await domain.setPrediction(state, kind: "objection", input: "hash-789")
            try await domain.setTierDetection(state, customer: "cust-123", context: "hash")
            try await domain.setRecommendations(state, profile: "hash")
            try await domain.setReturnOnInvestment(
                state,
                profession: "consultant",
                metrics: "hash"
            )
            try await domain.setConfiguration(state, name: "prompts")
            try await domain.setKnowledge(state, topic: "pricing")
            let probe = try RedisProbe(port: server.port)
            let lives = [
                ("conv:conversation-id-123", 1800), ("cust:customer-id-456", 3600),
                ("pred:objection:hash-789", 300), ("tier:cust-123:hash", 1800),
                ("prog:rec:hash", 3600), ("roi:consultant:hash", 600),
                ("conf:agent:prompts", 7200), ("know:pricing", 86_400),
            ]
            for (key, seconds) in lives {
                let text = try probe.command("GET", "ngx:\(key)").text
                #expect(text == #"{"phase":"closing"}"#, "\(key)")
                let left = try #require(try probe.command("TTL", "ngx:\(key)").integer)
                #expect(left <= seconds && left > seconds - 30, "\(key) lives \(left) s")
            }
            try await domain.incrementMetric("api", "requests", by: 3)
            #expect(try probe.command("GET", "ngx:metr:api:requests").text == "3")
        }
    }

    @Test func `what another program keeps is found, counted on and removed`() async throws {
        try await withRedis { server in
            let domain = try domain(on: server)
            let probe = try RedisProbe(port: server.port)
            _ = try probe.command("SETEX", "ngx:cust:1", "60", #"{"name": "Ada"}"#)
            _ = try probe.command("SETEX", "ngx:tier:1:context", "60", #""gold""#)
            _ = try probe.command("INCR", "ngx:metr:api:requests")
            #expect(try await domain.customer(id: "1") == ["name": "Ada"])
            #expect(try await domain.tierDetection(customer: "1", context: "context") == "gold")
            #expect(try await domain.metric("api", "requests") == 1)
            #expect(try await domain.incrementMetric("api", "requests") == 2)
            #expect(try await domain.removeAll(of: .customer("1")) == 2)
            #expect(try probe.command("EXISTS", "ngx:cust:1", "ngx:tier:1:context").integer == 0)
            _ = try probe.command("SET", "ngx:know:pricing", "{\"cut")
            #expect(try await domain.knowledge([String: Int].self, topic: "pricing") == nil)
            #expect(try probe.command("EXISTS", "ngx:know:pricing").integer == 0)
        }
    }

    @Test func `a Redis that is away is told as such, and used again behind it`() async throws {
        try await withRedis { server in
            let domain = try domain(on: server)
            await server.kill()
            let calls: [() async throws -> Void] = [
                { _ = try await domain.customer(String.self, id: "1") },
                { try await domain.setCustomer("ada", id: "1") },
                { try await domain.incrementMetric("api", "requests") },
                { try await domain.removeAll(of: .customer("1")) },
            ]
            for call in calls {
                let error = await #expect(throws: CacheError.self) { try await call() }
                #expect(error?.code == .connection && error?.isRetriable == true)
            }
            try await server.restart()
            try await eventually("the cache is used again") {
                do { return try await domain.setCustomer("ada", id: "1") } catch { return false }
            }
            #expect(try await domain.customer(id: "1") == "ada")
        }
    }
}
