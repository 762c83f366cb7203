import Conformance
import Jobs
import Testing

@Suite struct InMemorySuspectLedgerTests {
    @Test(arguments: SuspectLedgerConformance.checks)
    func `the ledger in memory keeps the promises of every ledger`(
        check: Check<SuspectLedgerConformance.Subject>
    ) async throws {
        try await check.run(on: InMemorySuspectLedger())
    }

    @Test func `a full ledger lets one suspect go for another`() async throws {
        let ledger = InMemorySuspectLedger(maxCount: 2)
        for suspect in ["a", "b", "c", "c"] {
            _ = try await ledger.charge(suspect, limit: 3, takingBack: nil)
        }
        #expect(ledger.charges.count == 2)
        #expect(ledger.charges["c"] == 2)
    }
}
