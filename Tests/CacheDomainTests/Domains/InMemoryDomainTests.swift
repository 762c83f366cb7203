import CacheDomain
import Conformance
import Testing

@Suite(.timeLimit(.minutes(1))) struct InMemoryDomainTests {
    @Test(arguments: DomainConformance.checks)
    func `domain data in memory keeps its promises`(
        check: Check<DomainConformance.Subject>
    ) async throws {
        let server = InMemoryServer()
        let nodes = [CacheNode("a", server), CacheNode("b", server)]
        try await CacheNode.following(nodes[0], nodes[1]) {
            let layers = nodes.map(\.layer)
            try await check.run(on: DomainConformance.Subject(layers, prefix: "test"))
        }
    }
}
