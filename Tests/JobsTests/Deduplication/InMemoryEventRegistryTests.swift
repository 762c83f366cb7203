import Conformance
import Jobs
import Testing

@Suite struct InMemoryEventRegistryTests {
    @Test(arguments: EventRegistryConformance.checks)
    func `the registry in memory keeps the promises of every registry`(
        check: Check<EventRegistryConformance.Subject>
    ) async throws {
        try await check.run(on: InMemoryEventRegistry())
    }

    @Test func `a full registry lets events go for others`() async throws {
        let registry = InMemoryEventRegistry(maxCount: 10)
        for number in 0..<100 {
            let claim = EventClaim(
                event: "e\(number)",
                owner: "a",
                mayResume: false,
                lifetime: .seconds(60)
            )
            #expect(try await registry.claim([claim]) == [.granted])
        }
        #expect(registry.count == 10)
    }
}
