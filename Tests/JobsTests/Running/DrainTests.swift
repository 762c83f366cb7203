import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct DrainTests {
    private let queue = InMemoryQueue()
    private let clock = ManualClock()
    private let drain = Drain()
    private let outcomes = Outcomes()

    private final class Outcomes: Sendable {
        private let list = Mutex<[[Outcome]]>([])
        var all: [[Outcome]] { list.withLock(\.self) }
        func append(_ report: BatchReport) { list.withLock { $0.append(report.outcomes) } }
    }

    /// A ledger that nobody reaches.
    private struct LedgerAway: SuspectLedger {
        func charge(
            _ suspect: String,
            limit: Int,
            takingBack finished: String?
        ) async throws(SourceError) -> Int {
            throw SourceError("the ledger is away")
        }

        func takeBack(_ suspects: [String]) async throws(SourceError) {}
    }

    private func worker(
        _ handler: ScriptedHandler,
        _ source: any JobSource,
        ledger: any SuspectLedger = InMemorySuspectLedger()
    ) -> Worker {
        Worker(
            source: source,
            handler: handler,
            isolation: Isolation(ledger: ledger, clock: clock),
            drain: drain,
            logger: Logger(SilentLog()),
            time: WorkerTime(clock: clock),
            giveUp: {},
            report: { [outcomes] in outcomes.append($0) }
        )
    }

    private func add(_ jobs: Job...) async {
        for job in jobs { await queue.add(Event(job: job).encoded()) }
    }

    private func removal(_ key: String) -> Job { .invalidate(Invalidation(keys: [key])) }

    private func warm(_ key: String) -> Job {
        .warm(Warming(entries: [WarmEntry(key: key, value: [0x31])]))
    }

    /// What another worker does, and which attempt each job says it is.
    private func others() async -> [Int] {
        let source = InMemorySource(queue)
        var attempts: [Int] = []
        queue.finish()
        while let batch = try? await source.nextBatch() {
            attempts += batch.deliveries.map(\.attempt)
            let done = batch.deliveries.map { _ in Outcome.done }
            try? await batch.settle(done)
        }
        return attempts
    }

    @Test func `what goes well is finished, and nothing is handed back`() async throws {
        let (begun, mayEnd) = (Latch(), Latch())
        let handler = ScriptedHandler { _ throws(JobError) in
            begun.open()
            await mayEnd.wait()
        }
        await add(removal("a"), warm("b"), removal("c"))
        let source = InMemorySource(queue, batchSize: 1)
        async let running: Void = worker(handler, source).run()
        await begun.wait()
        drain.begin()
        mayEnd.open()
        try await eventually("what was taken is done") { queue.unsettledCount == 0 }
        await source.stop()
        await running
        #expect(outcomes.all == [[.done], [.done], [.done]])
    }

    @Test func `what waits behind a job that takes long is handed back while that goes on`()
        async throws
    {
        let (begun, mayEnd) = (Latch(), Latch())
        let handler = ScriptedHandler { work throws(JobError) in
            guard work.writtenKeys == ["slow"] else { return }
            begun.open()
            await mayEnd.wait()
        }
        await add(warm("slow"), warm("1"), removal("2"), warm("3"))
        let source = InMemorySource(queue, batchSize: 1)
        async let running: Void = worker(handler, source).run()
        await begun.wait()
        let taken = Mutex(0)
        try await eventually("the next batches are taken") {
            // One is read, one planned, one waits for its turn.
            let isSame = queue.waitingCount == taken.withLock(\.self)
            taken.withLock { $0 = queue.waitingCount }
            return isSame && queue.waitingCount <= 1
        }
        drain.begin()
        await source.stop()
        await clock.untilAsleep(2)
        #expect(outcomes.all.isEmpty)
        clock.advance(by: Drain.patience)
        try await eventually("all others are handed back") { queue.waitingCount == 3 }
        #expect(outcomes.all.allSatisfy { $0 == [.handedBack] } && outcomes.all.count >= 2)
        mayEnd.open()
        await running
        #expect(outcomes.all.last == [.done])
        #expect(handler.asked.count == 1)
        #expect(await others() == [1, 1, 1])
    }

    @Test func `what waits for the store is handed back at once, and all that is behind it`()
        async throws
    {
        let handler = ScriptedHandler { _ throws(JobError) in throw .passing }
        await add(warm("a"), removal("b"), warm("c"))
        let source = InMemorySource(queue, batchSize: 1)
        async let running: Void = worker(handler, source).run()
        await clock.untilAsleep(2)
        drain.begin()
        await source.stop()
        // The clock stands still: nobody waits for anything.
        await running
        #expect(Set(handler.asked.map(\.writtenKeys)) == [["a"]])
        #expect(outcomes.all.allSatisfy { $0 == [.handedBack] } && !outcomes.all.isEmpty)
        #expect(await others() == [1, 1, 1])
    }

    @Test func `of one batch what is done is settled, and the rest handed back`() async throws {
        let handler = ScriptedHandler { work throws(JobError) in
            if !work.writtenKeys.isEmpty { throw .passing }
        }
        await add(removal("a"), warm("b"), removal("c"), .task(TaskCall(name: "d")))
        await queue.add(Array("no event".utf8))
        let source = InMemorySource(queue)
        async let running: Void = worker(handler, source).run()
        await clock.untilAsleep(2)
        drain.begin()
        await source.stop()
        await running
        let all = try #require(outcomes.all.first)
        #expect(outcomes.all.count == 1)
        #expect(all.prefix(4) == [.done, .handedBack, .done, .handedBack])
        #expect(all.last?.word == "dead")
        #expect(queue.deadLetters.count == 1)
        #expect(await others() == [1, 1])
    }

    @Test func `suspects whose ledger is away are handed back, and stay suspects`() async throws {
        await add(removal("a"), removal("b"))
        let first = InMemorySource(queue)
        _ = try await first.nextBatch()
        await first.close()
        let handler = ScriptedHandler()
        let source = InMemorySource(queue)
        async let running: Void = worker(handler, source, ledger: LedgerAway()).run()
        // The watch of the steps, and the pause of the suspects.
        await clock.untilAsleep(2)
        drain.begin()
        await source.stop()
        await running
        #expect(handler.asked.isEmpty)
        #expect(outcomes.all == [[.handedBack, .handedBack]])
        var again: [Delivery] = []
        if let batch = try await InMemorySource(queue).nextBatch() { again = batch.deliveries }
        #expect(again.map(\.isSuspect) == [true, true] && again.map(\.attempt) == [1, 1])
    }

    @Test func `a drain may begin twice, before a worker runs, and end a worker without jobs`()
        async
    {
        drain.begin()
        drain.begin()
        let source = InMemorySource(queue)
        await source.stop()
        await worker(ScriptedHandler(), source).run()
        #expect(drain.hasBegun && outcomes.all.isEmpty)
        await drain.untilBegun()
    }

    @Test func `a pause ends with its time, at the beginning of the drain, or cancelled`()
        async
    {
        let time = WorkerTime(clock: clock)
        async let whole = drain.pause(.seconds(1), by: time)
        await clock.untilAsleep(1)
        clock.advance(by: .seconds(1))
        #expect(await whole && !drain.hasBegun)
        let cancelled = Task { await drain.pause(.seconds(1), by: time) }
        await clock.untilAsleep(1)
        cancelled.cancel()
        #expect(await !cancelled.value)
        async let cut = drain.pause(.seconds(1), by: time)
        await clock.untilAsleep(1)
        drain.begin()
        #expect(await cut)
    }
}
