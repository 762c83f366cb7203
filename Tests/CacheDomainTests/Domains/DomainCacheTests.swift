import CacheDomain
import TestSupport
import Testing

/// What the conformance suite cannot see: failures of the store, and settings.
@Suite(.timeLimit(.minutes(1))) struct DomainCacheTests {
    private let node = LoadingNode()
    private let record = EventRecord()

    @Test func `a removal that fails is an error, and told with its context`() async throws {
        let domain = try DomainCache(node.layer, coder: TextCoder(), observer: record)
        try await domain.setCustomer("ada", id: "1")
        node.store.failPurges(with: StoreError(.unavailable, "away"))
        let error = await #expect(throws: CacheError.self) {
            try await domain.removeAll(of: .customer("1"), context: "erasure")
        }
        #expect(error?.code == .connection)
        let report = try #require(record.invalidations.first)
        #expect(report.name == "ngx:cust:1")
        #expect(report.context == "erasure")
        #expect(report.failure?.contains("away") == true)
        node.store.failPurges(with: nil)
        #expect(try await domain.removeAll(of: .customer("1")) == 1)
    }

    @Test func `lives of types are a setting`() async throws {
        var types = DomainTypes()
        types.knowledge.timeToLive = .seconds(60)
        let domain = try DomainCache(node.layer, coder: TextCoder(), types: types)
        try await domain.setKnowledge("prices", topic: "pricing")
        #expect(try await domain.knowledge(topic: "pricing") == "prices")
        node.clock.advance(by: .seconds(61))
        #expect(try await domain.knowledge(String.self, topic: "pricing") == nil)
    }

    @Test func `settings that cannot be are refused, and said`() throws {
        let nameless = #expect(throws: CacheError.self) {
            try DomainCache(node.layer, coder: TextCoder(), namespace: "")
        }
        #expect(nameless?.code == .configuration)
        var types = DomainTypes()
        types.returnOnInvestment.timeToLive = .zero
        let lifeless = #expect(throws: CacheError.self) {
            try DomainCache(node.layer, coder: TextCoder(), types: types)
        }
        #expect(lifeless?.code == .configuration)
        #expect(lifeless.map { "\($0)" }?.contains("roi") == true)
    }
}
