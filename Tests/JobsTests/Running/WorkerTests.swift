import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct WorkerTests {
    private let queue = InMemoryQueue()
    private let clock = ManualClock()
    private let reports = Reports()

    final class Reports: Sendable {
        private let list = Mutex<[BatchReport]>([])
        var all: [BatchReport] { list.withLock { $0 } }
        func append(_ report: BatchReport) { list.withLock { $0.append(report) } }
    }

    private func worker(
        _ handler: ScriptedHandler,
        batchSize: Int = 256,
        source: (any JobSource)? = nil,
        clock: (any Clock<Duration>)? = nil
    ) -> Worker {
        Worker(
            source: source ?? InMemorySource(queue, batchSize: batchSize),
            handler: handler,
            isolation: Isolation(ledger: InMemorySuspectLedger()),
            logger: Logger(SilentLog()),
            time: WorkerTime(clock: clock ?? self.clock),
            giveUp: {},
            report: { [reports] in reports.append($0) }
        )
    }

    private func removal(_ key: String) -> [UInt8] {
        Event(job: .invalidate(Invalidation(keys: [key]))).encoded()
    }

    private func add(_ keys: String...) async {
        for key in keys { await queue.add(removal(key)) }
    }

    // MARK: Outcomes

    @Test func `a batch is planned, applied, settled and reported`() async {
        await add("a", "b", "a")
        queue.finish()
        let handler = ScriptedHandler()
        await worker(handler).run()
        #expect(handler.removals == [["a", "b"]])
        #expect(queue.unsettledCount == 0)
        #expect(reports.all.map(\.outcomes) == [[.done, .done, .done]])
        #expect(reports.all.map(\.source) == ["memory"])
        #expect(reports.all.map(\.kinds) == [[.invalidate, .invalidate, .invalidate]])
        #expect(reports.all.map(\.redeliveredCount) == [0])
        #expect(reports.all.allSatisfy { $0.duration > .zero && $0.duration < .seconds(60) })
    }

    @Test func `bad events become dead letters with their reason, the good ones go on`() async {
        let bad: [(body: [UInt8], reason: String)] = [
            (Array("garbage".utf8), "not-json"), ([0xFF], "not-utf8"), ([], "not-json"),
            (Array(#"{"type":"cache.invalidate","data":{"keys":[]}}"#.utf8), "schema"),
            (Array(#"{"type":"nonsense","data":{}}"#.utf8), "unknown-type"),
        ]
        for (number, event) in bad.enumerated() {
            await add("k\(number)")
            await queue.add(event.body)
        }
        queue.finish()
        let handler = ScriptedHandler()
        await worker(handler, batchSize: 4).run()
        #expect(handler.removals.flatMap(\.self).sorted() == (0..<5).map { "k\($0)" })
        #expect(queue.deadLetters.map(\.event) == bad.map(\.body))
        #expect(queue.deadLetters.map(\.cause.reason) == bad.map(\.reason))
        #expect(queue.deadLetters.allSatisfy { !$0.cause.error.isEmpty })
        #expect(queue.unsettledCount == 0)
    }

    @Test func `a step that fails for now is tried until it succeeds`() async throws {
        await add("a")
        queue.finish()
        let failures = Mutex(3)
        let handler = ScriptedHandler { _ throws(JobError) in
            let isFailing = failures.withLock { count in
                defer { count -= 1 }
                return count > 0
            }
            if isFailing { throw .passing }
        }
        async let running: Void = worker(handler).run()
        for tries in 1...3 {
            // The watch of the steps sleeps too.
            await clock.untilAsleep(2)
            #expect(handler.asked.count == tries)
            #expect(queue.unsettledCount == 1)
            clock.advance(by: .seconds(2))
        }
        await running
        #expect(handler.removals == [["a"], ["a"], ["a"], ["a"]])
        #expect(reports.all.map(\.outcomes) == [[.done]])
        #expect(queue.unsettledCount == 0)
    }

    @Test func `of jobs done together only the guilty one becomes a dead letter`() async {
        await add("a", "guilty", "b")
        queue.finish()
        let handler = ScriptedHandler { work throws(JobError) in
            if work.removedKeys.contains("guilty") { throw .final }
        }
        await worker(handler).run()
        #expect(handler.removals == [["a", "guilty", "b"], ["a"], ["guilty"], ["b"]])
        let cause = DeadLetterCause(reason: "refused", error: "the store refuses")
        #expect(reports.all.map(\.outcomes) == [[.done, .deadLetter(cause), .done]])
        let letter = InMemoryQueue.DeadLetter(event: removal("guilty"), cause: cause)
        #expect(queue.deadLetters == [letter])
        #expect(queue.unsettledCount == 0)
    }

    @Test func `taking a shared warming apart does not load twice`() async {
        let entry = WarmEntry(key: "w", value: [0x31])
        let loading = Loading(loader: "users", keys: ["l"])
        let other = Warming(entries: [WarmEntry(key: "guilty", value: [0x32])])
        await queue.add(Event(job: .warm(other)).encoded())
        let warming = Warming(entries: [entry], loading: loading)
        await queue.add(Event(job: .warm(warming)).encoded())
        queue.finish()
        let handler = ScriptedHandler { work throws(JobError) in
            if work.writtenKeys.contains("guilty") { throw .final }
        }
        await worker(handler).run()
        let load = BatchPlan.Work.load(loading, ifAbsent: false)
        #expect(handler.asked.map(\.writtenKeys) == [["guilty", "w"], ["guilty"], ["w"], []])
        #expect(handler.asked.last == load)
        #expect(reports.all.first?.outcomes.count { $0 == .done } == 1)
    }

    // MARK: Faults of the source

    @Test func `a batch that cannot be settled comes again and is done again`() async {
        await add("a", "b")
        queue.finish()
        let handler = ScriptedHandler()
        let source = FlakySource(queue, settleFailures: 2)
        await withTaskGroup(of: Void.self) { group in
            // It waits a little after a failure, which the real clock ends by itself.
            let worker = worker(handler, source: source, clock: ContinuousClock())
            group.addTask { await worker.run() }
        }
        // The queue was finished, so the worker may have ended before the jobs came back.
        await worker(handler).run()
        #expect(handler.removals.count >= 2)
        #expect(handler.removals.first == ["a", "b"])
        #expect(Set(handler.removals.flatMap(\.self)) == ["a", "b"])
        #expect(queue.unsettledCount == 0)
        #expect(queue.deadLetters == [])
    }

    @Test func `a source that cannot be read is asked again`() async throws {
        await add("a")
        queue.finish()
        let handler = ScriptedHandler()
        let source = FlakySource(queue, readFailures: 3)
        async let running: Void = worker(handler, source: source).run()
        for _ in 0..<3 {
            // The watch of the steps sleeps too.
            await clock.untilAsleep(2)
            #expect(handler.asked.isEmpty)
            clock.advance(by: .seconds(2))
        }
        await running
        #expect(handler.removals == [["a"]])
        #expect(queue.unsettledCount == 0)
    }

    // MARK: Running and ending

    @Test func `the next batch is read while one is applied`() async throws {
        await add("a", "b", "c")
        queue.finish()
        let source = FlakySource(queue, batchSize: 1)
        let (begun, mayEnd) = (Latch(), Latch())
        let handler = ScriptedHandler { work throws(JobError) in
            guard work.removedKeys == ["a"] else { return }
            begun.open()
            await mayEnd.wait()
        }
        async let running: Void = worker(handler, source: source).run()
        await begun.wait()
        try await eventually("the next batch was read") { source.readCount >= 2 }
        #expect(reports.all.isEmpty)
        mayEnd.open()
        await running
        #expect(handler.removals == [["a"], ["b"], ["c"]])
        #expect(queue.unsettledCount == 0)
    }

    @Test func `a stopped worker finishes what was handed over, and takes no more`() async throws {
        let source = FlakySource(queue, batchSize: 1)
        let (begun, mayEnd) = (Latch(), Latch())
        let handler = ScriptedHandler { _ throws(JobError) in
            begun.open()
            await mayEnd.wait()
        }
        async let running: Void = worker(handler, source: source).run()
        await add("a", "b")
        await begun.wait()
        try await eventually("both were handed over") { source.readCount == 2 }
        await source.stop()
        await add("late")
        mayEnd.open()
        await running
        #expect(handler.removals == [["a"], ["b"]])
        #expect(queue.unsettledCount == 1)
    }

    @Test func `a cancelled worker leaves its jobs to others`() async throws {
        await add("a", "b", "c")
        let begun = Latch()
        let handler = ScriptedHandler { _ throws(JobError) in
            begun.open()
            throw .passing
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await worker(handler, batchSize: 1).run() }
            await begun.wait()
            group.cancelAll()
        }
        #expect(reports.all.isEmpty)
        #expect(queue.unsettledCount == 3)
        queue.finish()
        let other = ScriptedHandler()
        await worker(other).run()
        #expect(other.removals.flatMap(\.self) == ["a", "b", "c"])
        #expect(queue.unsettledCount == 0)
    }

    @Test func `a worker without jobs ends when it is cancelled or stopped`() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await worker(ScriptedHandler()).run() }
            group.cancelAll()
        }
        let source = InMemorySource(queue)
        async let running: Void = worker(ScriptedHandler(), source: source).run()
        await source.stop()
        await running
        #expect(queue.unsettledCount == 0)
    }

    // MARK: Order

    @Test func `a write waits for the removals before it, and what follows waits for the write`()
        async throws
    {
        let entry = WarmEntry(key: "k", value: [0x31])
        await add("k")
        await queue.add(Event(job: .warm(Warming(entries: [entry]))).encoded())
        await add("k", "x")
        queue.finish()
        let (begun, mayEnd) = (Latch(), Latch())
        let finished = Mutex<[String]>([])
        let handler = ScriptedHandler { work throws(JobError) in
            let name = work.removedKeys.first ?? "write"
            let isFirst = finished.withLock { $0.isEmpty } && name == "k"
            if isFirst {
                begun.open()
                await mayEnd.wait()
            }
            finished.withLock { $0.append(name) }
        }
        async let running: Void = worker(handler, batchSize: 1).run()
        await begun.wait()
        #expect(handler.asked.count == 1)
        mayEnd.open()
        await running
        #expect(finished.withLock { $0.prefix(2) } == ["k", "write"])
        #expect(finished.withLock { $0.sorted() } == ["k", "k", "write", "x"])
        #expect(reports.all.map(\.outcomes) == [[.done], [.done], [.done], [.done]])
    }
}
