import CacheDomain
import Conformance
import Testing

@Suite struct InMemoryChatTests {
    @Test(arguments: ChatConformance.checks)
    func `chats over the in-memory store keep their promises`(
        check: Check<ChatConformance.Subject>
    ) async throws {
        let server = InMemoryServer()
        let nodes = [CacheNode("a", server), CacheNode("b", server)]
        try await CacheNode.following(nodes[0], nodes[1]) {
            try await check.run(
                on: ChatConformance.Subject(nodes.map(\.layer), prefix: "test")
            )
        }
    }

    @Test(arguments: ChatConformance.checks)
    func `chats that compress keep their promises`(
        check: Check<ChatConformance.Subject>
    ) async throws {
        let server = InMemoryServer()
        let nodes = [CacheNode("a", server), CacheNode("b", server)]
        try await CacheNode.following(nodes[0], nodes[1]) {
            let layers = nodes.map(\.layer)
            let subject = try ChatConformance.Subject(layers, prefix: "test", compresses: true)
            try await check.run(on: subject)
        }
    }
}
