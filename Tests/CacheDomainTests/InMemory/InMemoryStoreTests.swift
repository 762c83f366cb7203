import CacheDomain
import Conformance
import Testing

@Suite struct InMemoryStoreTests {
    @Test(arguments: StoreConformance.checks)
    func `the in-memory store keeps the promises of every store`(
        check: Check<StoreServer>
    ) async throws {
        let server = InMemoryServer()
        try await check.run(
            on: StoreServer(
                prefix: "test",
                client: { node in
                    let store = InMemoryStore(server, node: node)
                    return StoreServer.Client(store: store, log: store)
                },
                addMember: { server.addMember($0, toTag: $1) },
                members: { server.members(ofTag: $0) }
            )
        )
    }
}
