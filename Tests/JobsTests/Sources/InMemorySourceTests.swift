import Conformance
import Jobs
import Testing

@Suite struct InMemorySourceTests {
    @Test(arguments: SourceConformance.checks)
    func `the in-memory source keeps the promises of every source`(
        check: Check<JobServer>
    ) async throws {
        let queue = InMemoryQueue()
        try await check.run(
            on: JobServer(
                publish: { await queue.add($0) },
                source: { _, batchSize in InMemorySource(queue, batchSize: batchSize) },
                deadLetters: {
                    queue.deadLetters.map {
                        JobServer.DeadLetter(event: $0.event, cause: $0.cause)
                    }
                },
                unsettledCount: { queue.unsettledCount }
            )
        )
    }
}
