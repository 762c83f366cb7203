import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct SharedSourceTests {
    private let queue = InMemoryQueue()

    /// A source that notices two readers at once, and counts its life.
    private final class WatchedSource: JobSource {
        let name = "watched"
        private let source: InMemorySource
        private let state = Mutex((readers: 0, mostReaders: 0, runs: 0, closes: 0))

        init(_ queue: InMemoryQueue) { source = InMemorySource(queue, batchSize: 1) }

        var mostReaders: Int { state.withLock { $0.mostReaders } }
        var runs: Int { state.withLock { $0.runs } }
        var closes: Int { state.withLock { $0.closes } }

        func run() async { state.withLock { $0.runs += 1 } }
        func nextBatch() async throws(SourceError) -> DeliveryBatch? {
            state.withLock { state in
                state.readers += 1
                state.mostReaders = max(state.mostReaders, state.readers)
            }
            defer { state.withLock { $0.readers -= 1 } }
            return try await source.nextBatch()
        }
        func stop() async { await source.stop() }
        func close() async {
            state.withLock { $0.closes += 1 }
            await source.close()
        }
    }

    private func add(_ count: Int) async {
        for number in 0..<count {
            let call = Job.task(TaskCall(name: "\(number)", arguments: Array("{}".utf8)))
            await queue.add(Event(job: call).encoded())
        }
    }

    private func workers(
        _ source: any JobSource,
        _ count: Int,
        _ handler: ScriptedHandler
    ) -> [Worker] {
        SharedSource.shares(of: source, count)
            .map {
                Worker(
                    source: $0,
                    handler: handler,
                    isolation: Isolation(ledger: InMemorySuspectLedger()),
                    logger: Logger(SilentLog()),
                    giveUp: {}
                )
            }
    }

    @Test func `as many jobs are under way as there are workers, and no more`() async throws {
        let source = WatchedSource(queue)
        let underWay = Mutex(0)
        let most = Mutex(0)
        let mayEnd = Latch()
        let handler = ScriptedHandler { _ throws(JobError) in
            let count = underWay.withLock { count in
                count += 1
                return count
            }
            most.withLock { $0 = max($0, count) }
            await mayEnd.wait()
            underWay.withLock { $0 -= 1 }
        }
        await add(20)
        queue.finish()
        let workers = workers(source, 4, handler)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker.run() } }
            try await eventually("four are under way") { underWay.withLock { $0 } == 4 }
            #expect(handler.asked.count == 4)
            mayEnd.open()
            try await group.waitForAll()
        }
        #expect(most.withLock { $0 } == 4 && handler.asked.count == 20)
        #expect(source.mostReaders == 1 && source.runs == 1 && source.closes == 1)
        #expect(queue.unsettledCount == 0)
    }

    @Test func `stopping ends all workers, also those that wait for their turn`() async {
        let source = WatchedSource(queue)
        let workers = workers(source, 5, ScriptedHandler())
        await withTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker.run() } }
            while source.mostReaders == 0 { await Task.yield() }
            await source.stop()
        }
        #expect(source.closes == 1)
    }

    @Test func `cancelling a worker leaves the turn to the others`() async throws {
        let source = WatchedSource(queue)
        let handler = ScriptedHandler()
        let workers = workers(source, 3, handler)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let first = Task { await workers[0].run() }
            for worker in workers.dropFirst() { group.addTask { await worker.run() } }
            while source.mostReaders == 0 { await Task.yield() }
            first.cancel()
            await first.value
            await add(10)
            try await eventually("all are done") { handler.asked.count == 10 }
            await source.stop()
            try await group.waitForAll()
        }
        #expect(source.closes == 1 && queue.unsettledCount == 0)
    }
}
