import CacheDomain
import Conformance
import Testing

@Suite(.timeLimit(.minutes(1))) struct InMemoryResponseTests {
    @Test(arguments: ResponseConformance.checks)
    func `responses in memory keep their promises`(
        check: Check<ResponseConformance.Subject>
    ) async throws {
        let server = InMemoryServer()
        let nodes = [CacheNode("a", server), CacheNode("b", server)]
        try await CacheNode.following(nodes[0], nodes[1]) {
            let layers = nodes.map(\.layer)
            try await check.run(on: ResponseConformance.Subject(layers, prefix: "test"))
        }
    }
}
