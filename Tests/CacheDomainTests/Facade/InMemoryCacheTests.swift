import CacheDomain
import Conformance
import Testing

@Suite(.timeLimit(.minutes(1))) struct InMemoryCacheTests {
    @Test(arguments: CacheConformance.checks)
    func `typed values over the in-memory store keep their promises`(
        check: Check<CacheConformance.Subject>
    ) async throws {
        let server = InMemoryServer()
        let nodes = [CacheNode("a", server), CacheNode("b", server)]
        try await CacheNode.following(nodes[0], nodes[1]) {
            try await check.run(on: CacheConformance.Subject(nodes.map(\.layer), prefix: "test"))
        }
    }
}
