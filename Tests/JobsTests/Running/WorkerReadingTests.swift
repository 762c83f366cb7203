import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// A source that counts how often it is asked, and says whether it may be asked early.
private final class CountingSource: JobSource {
    let name = "counting"
    let isReadAhead: Bool
    private let source: InMemorySource
    private let asked = Mutex(0)

    init(_ queue: InMemoryQueue, isReadAhead: Bool) {
        source = InMemorySource(queue, batchSize: 1)
        self.isReadAhead = isReadAhead
    }

    var askedCount: Int { asked.withLock { $0 } }

    func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        asked.withLock { $0 += 1 }
        return try await source.nextBatch()
    }

    func stop() async { await source.stop() }
    func close() async { await source.close() }
}

@Suite(.timeLimit(.minutes(1))) struct WorkerReadingTests {
    private let queue = InMemoryQueue()

    /// Runs a worker whose handler does the first job when `body` has seen what it wants.
    private func holdFirst(
        _ source: CountingSource,
        _ body: @escaping @Sendable () async throws -> Void
    ) async {
        let worker = Worker(
            source: source,
            handler: ScriptedHandler { (work) throws(JobError) in
                guard work.removedKeys == ["1"] else { return }
                do {
                    try await body()
                } catch {
                    Issue.record(error)
                }
            },
            isolation: Isolation(ledger: InMemorySuspectLedger()),
            logger: Logger(SilentLog()),
            giveUp: {}
        )
        for key in ["1", "2", "3", "4"] {
            await queue.add(Event(job: .invalidate(Invalidation(keys: [key]))).encoded())
        }
        queue.finish()
        await worker.run()
        #expect(queue.unsettledCount == 0)
    }

    @Test func `a source that must be asked is asked while jobs are worked on`() async {
        let source = CountingSource(queue, isReadAhead: true)
        await holdFirst(source) {
            try await eventually("the next batches are read") { source.askedCount >= 3 }
        }
    }

    @Test func `where jobs gather by themselves, the next ones are taken when these are done`()
        async
    {
        let source = CountingSource(queue, isReadAhead: false)
        await holdFirst(source) {
            for _ in 0..<1000 { await Task.yield() }
            #expect(source.askedCount == 1)
        }
        #expect(source.askedCount == 5)
    }
}
