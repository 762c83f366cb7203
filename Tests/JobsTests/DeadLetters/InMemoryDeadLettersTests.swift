import Conformance
import Jobs
import Synchronization
import Testing

@Suite struct InMemoryDeadLettersTests {
    @Test(arguments: DeadLetterConformance.checks)
    func `the dead letters in memory keep the promises of every such store`(
        check: Check<DeadLetterServer>
    ) async throws {
        let queue = InMemoryQueue()
        let server = JobServer(
            publish: { await queue.add($0) },
            source: { _, batchSize in InMemorySource(queue, batchSize: batchSize) },
            deadLetters: { [] },
            unsettledCount: { queue.unsettledCount }
        )
        try await check.run(
            on: DeadLetterServer(queue: server, store: InMemoryDeadLetters(queue))
        )
    }

    @Test func `letters go by age, and those as old as the limit stay`() async throws {
        let time = Mutex<Int64>(1_000)
        let queue = InMemoryQueue(wallClock: { WallTime(milliseconds: time.withLock { $0 }) })
        let source = InMemorySource(queue, batchSize: 1)
        for instant: Int64 in [1_000, 2_000, 3_000] {
            time.withLock { $0 = instant }
            await queue.add(Array("\(instant)".utf8))
            let batch = try await source.nextBatch()
            try await batch?.settle([.deadLetter(DeadLetterCause(reason: "r", error: "e"))])
        }
        let letters = InMemoryDeadLetters(queue)
        let limit = WallTime(milliseconds: 2_000)
        #expect(try await letters.removeLetters(failedBefore: limit) == 1)
        #expect(queue.deadLetters.map(\.event) == [Array("2000".utf8), Array("3000".utf8)])
        #expect(try await letters.removeLetters(failedBefore: limit) == 0)
    }
}
