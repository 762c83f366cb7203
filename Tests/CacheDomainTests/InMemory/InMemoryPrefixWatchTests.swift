import CacheDomain
import Conformance
import Testing

@Suite struct InMemoryPrefixWatchTests {
    @Test(arguments: PrefixWatchConformance.checks)
    func `the in-memory watch keeps the promises of every watch`(
        check: Check<WatchServer>
    ) async throws {
        let server = InMemoryServer()
        try await check.run(
            on: WatchServer(
                watch: InMemoryPrefixWatch(server, try WatchedPrefixes([WatchServer.prefix])),
                store: InMemoryStore(server, node: "a"),
                write: { server.writeForeign($0, [1], until: .now + .seconds(600)) },
                empty: { server.emptyForeign() },
                interrupt: { server.interruptWatches() }
            )
        )
    }
}
