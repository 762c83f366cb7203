import CacheDomain
import Conformance
import Testing

@Suite(.timeLimit(.minutes(1))) struct InMemoryFunctionTests {
    @Test(arguments: FunctionConformance.checks)
    func `cached functions over the in-memory store keep their promises`(
        check: Check<FunctionConformance.Subject>
    ) async throws {
        let server = InMemoryServer()
        let nodes = [CacheNode("a", server), CacheNode("b", server)]
        try await CacheNode.following(nodes[0], nodes[1]) {
            try await check.run(on: FunctionConformance.Subject(nodes.map(\.layer), prefix: "test"))
        }
    }
}
