import CacheDomain
import Conformance
import Telemetry
import Testing

@Suite struct InMemorySessionTests {
    @Test(arguments: SessionConformance.checks)
    func `sessions in memory keep the promises of every repository`(
        check: Check<SessionSubject>
    ) async throws {
        let clock = SessionClock()
        let repository = InMemorySessionRepository(
            policy: SessionSubject.policy,
            logger: Logger(SilentLog()),
            now: { clock.now }
        )
        try await check.run(on: SessionSubject(repository: repository, clock: clock))
    }

    @Test func `an identity is a UUID of version 4, and no two are alike`() throws {
        let ids = (0..<1_000).map { _ in SessionID.random() }
        #expect(Set(ids).count == 1_000)
        for id in ids {
            let text = Array(id.description)
            #expect(text[14] == "4" && "89ab".contains(text[19]))
            #expect(SessionID(id.description.uppercased()) == id)
        }
        for text in ["", "x", "0-0-0-0-0", String(repeating: "a", count: 36)] {
            #expect(SessionID(text) == nil)
        }
    }
}
