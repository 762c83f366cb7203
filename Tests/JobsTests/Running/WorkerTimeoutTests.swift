import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// Jobs that take too long, by a clock that stands still until the test moves it.
@Suite(.timeLimit(.minutes(1))) final class WorkerTimeoutTests: Sendable {
    private let queue = InMemoryQueue()
    private let clock = ManualClock()
    private let outcomes = Mutex<[[Outcome]]>([])
    private let giveUps = Mutex(0)
    private let log = ErrorLog()

    private final class ErrorLog: LogSink {
        let level = LogLevel.error
        private let lines = Mutex<[String]>([])
        var messages: [String] { lines.withLock { $0 } }
        func write(_ record: LogRecord) { lines.withLock { $0.append("\(record.message)") } }
    }

    private func worker(_ handler: ScriptedHandler, maxAttempts: Int = 10) -> Worker {
        let policy = JobPolicy(
            retries: RetryPolicy(maxAttempts: maxAttempts),
            timeout: .seconds(60)
        )
        var patient = policy
        patient.timeout = .seconds(600)
        return Worker(
            source: InMemorySource(queue),
            handler: handler,
            policies: JobPolicies(policy, except: [.cleanup: patient]),
            isolation: Isolation(ledger: InMemorySuspectLedger(), clock: clock),
            logger: Logger(log),
            time: WorkerTime(clock: clock, now: { [clock] in clock.now }),
            giveUp: { [unowned self] in giveUps.withLock { $0 += 1 } },
            report: { [unowned self] report in outcomes.withLock { $0.append(report.outcomes) } }
        )
    }

    private func add(_ keys: String...) async {
        for key in keys {
            await queue.add(Event(job: .invalidate(Invalidation(keys: [key]))).encoded())
        }
        queue.finish()
    }

    /// A step that hangs until it is cancelled.
    private func hang() async throws(JobError) {
        do {
            try await clock.sleep(for: .seconds(1_000_000))
        } catch {
            throw JobError(reason: "failed", "the step was cancelled", remedy: .wait)
        }
    }

    /// A clock that is asked for by two: the watch and the step.
    private func letTimePass(_ duration: Duration) async {
        await clock.untilAsleep(2)
        clock.advance(by: duration)
    }

    private let cause = DeadLetterCause(
        reason: "timeout",
        error: "it took longer than 60.0 seconds"
    )

    @Test func `a job that takes too long is ended, and dead after its last attempt`() async {
        await add("slow")
        let handler = ScriptedHandler { [unowned self] _ throws(JobError) in try await hang() }
        async let running: Void = worker(handler, maxAttempts: 1).run()
        await letTimePass(.seconds(60))
        await running
        #expect(outcomes.withLock { $0 } == [[.deadLetter(cause)]])
        #expect(handler.asked.count == 1)
        #expect(giveUps.withLock { $0 } == 0)
    }

    @Test func `of jobs done together only the one that takes too long is to blame`() async throws {
        await add("a", "slow", "b")
        let handler = ScriptedHandler { [unowned self] work throws(JobError) in
            if work.removedKeys.contains("slow") { try await hang() }
        }
        async let running: Void = worker(handler, maxAttempts: 1).run()
        await letTimePass(.seconds(60))
        try await eventually("the slow one is done on its own") { handler.asked.count == 3 }
        await letTimePass(.seconds(60))
        await running
        #expect(outcomes.withLock { $0 } == [[.done, .deadLetter(cause), .done]])
        #expect(handler.removals == [["a", "slow", "b"], ["a"], ["slow"], ["b"]])
    }

    @Test func `what ends well after it was cancelled is done`() async {
        await add("slow")
        let handler = ScriptedHandler { [unowned self] _ throws(JobError) in try? await hang() }
        async let running: Void = worker(handler, maxAttempts: 1).run()
        await letTimePass(.seconds(60))
        await running
        #expect(outcomes.withLock { $0 } == [[.done]])
    }

    @Test func `each kind has its own time`() async {
        await queue.add(Event(job: .cleanup(Cleanup(task: "long"))).encoded())
        queue.finish()
        let handler = ScriptedHandler { [unowned self] _ throws(JobError) in try await hang() }
        async let running: Void = worker(handler, maxAttempts: 1).run()
        for _ in 0..<9 { await letTimePass(.seconds(60)) }
        await clock.untilAsleep(2)
        #expect(outcomes.withLock { $0 }.isEmpty)
        clock.advance(by: .seconds(60))
        await running
        let cause = DeadLetterCause(reason: "timeout", error: "it took longer than 600.0 seconds")
        #expect(outcomes.withLock { $0 } == [[.deadLetter(cause)]])
    }

    @Test func `a job that does not let itself be ended ends the process, and says so`()
        async throws
    {
        await add("deaf")
        let mayEnd = Latch()
        let handler = ScriptedHandler { _ throws(JobError) in await mayEnd.wait() }
        async let running: Void = worker(handler).run()
        try await eventually("it is under way") { handler.asked.count == 1 }
        await clock.untilAsleep(1)
        clock.advance(by: .seconds(60))
        await clock.untilAsleep(1)
        #expect(giveUps.withLock { $0 } == 0)
        clock.advance(by: .seconds(10))
        try await eventually("it gave up") { self.giveUps.withLock { $0 } == 1 }
        #expect(log.messages == ["a job does not end, so the process does; its jobs come again"])
        mayEnd.open()
        await running
    }

    @Test func `a worker that is given up blames no job for its end`() async {
        await add("slow")
        let begun = Latch()
        let handler = ScriptedHandler { [unowned self] _ throws(JobError) in
            begun.open()
            try await hang()
        }
        await withTaskGroup(of: Void.self) { group in
            let worker = worker(handler, maxAttempts: 1)
            group.addTask { await worker.run() }
            await begun.wait()
            group.cancelAll()
        }
        #expect(outcomes.withLock { $0 }.isEmpty)
        #expect(queue.unsettledCount == 1)
        #expect(queue.deadLetters == [])
    }
}
