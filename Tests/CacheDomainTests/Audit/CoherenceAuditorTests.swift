import Telemetry
import TestSupport
import Testing

@testable import CacheDomain

@Suite struct CoherenceAuditorTests {
    private let clock = ManualClock()
    private let server: InMemoryServer
    private let store: BrokenStore
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let gate: ServingGate
    private let auditor: CoherenceAuditor

    init() {
        let clock = clock
        server = InMemoryServer(now: { clock.now })
        store = BrokenStore(InMemoryStore(server, node: "a"))
        gate = ServingGate(origin: clock.now)
        auditor = CoherenceAuditor(
            store: store,
            tier: tier,
            gate: gate,
            logger: Logger(SilentLog()),
            clock: clock,
            now: { clock.now }
        )
        gate.open(until: clock.now + .seconds(1_000))
    }

    private func store(_ value: UInt8) async throws {
        let write = CacheWrite(key: "k", value: [value], timeToLive: .seconds(600))
        _ = try await store.apply(Change(writes: [write]))
    }

    private func hold(_ value: UInt8) {
        let entry = LocalEntry(bytes: [value], expiry: clock.now + .seconds(600))
        tier.install(entry, forKey: "k", ifUnchangedSince: tier.fillToken(forKey: "k"))
    }

    @Test func `a copy that no message corrects is found, and its age is told`() async throws {
        try await store(1)
        hold(1)
        await auditor.look()
        #expect(auditor.findings.comparedCount == 1 && auditor.findings.staleCounts[0] == 0)
        // Changed by somebody who announces nothing.
        try await store(2)
        for seconds in [0, 1, 9, 50] {
            clock.advance(by: .seconds(seconds))
            await auditor.look()
        }
        #expect(auditor.findings.staleCounts == [1, 1, 1, 1])
        #expect(auditor.findings.worstAge == .seconds(60))
    }

    @Test func `what is not served is not looked at`() async throws {
        try await store(1)
        await auditor.look()
        hold(2)
        tier.distrustAll()
        await auditor.look()
        hold(2)
        gate.shut()
        await auditor.look()
        #expect(auditor.findings == Audit.Findings() && store.readings == 0)
    }

    @Test func `a store that does not answer says nothing about a copy`() async throws {
        hold(1)
        store.fail(with: StoreError(.unavailable, "test"))
        await auditor.look()
        #expect(auditor.findings == Audit.Findings() && store.readings == 1)
    }
}
