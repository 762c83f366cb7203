import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// Jobs that are not done at once: not due, over, or tried again.
@Suite(.timeLimit(.minutes(1))) final class WorkerWaitingTests: Sendable {
    private let time = Mutex(WallTime(milliseconds: 1_000_000))
    private let outcomes = Mutex<[Outcome]>([])

    private func now() -> WallTime { time.withLock { $0 } }

    /// Runs a worker over the events until each has been settled once.
    private func settle(
        _ events: [Event],
        retries: RetryPolicy = RetryPolicy(),
        _ handler: ScriptedHandler
    ) async -> [Outcome] {
        let queue = InMemoryQueue(wallClock: { [unowned self] in now() })
        for event in events { await queue.add(event.encoded()) }
        let source = InMemorySource(queue, clock: ManualClock())
        let worker = Worker(
            source: source,
            handler: handler,
            policies: JobPolicies(JobPolicy(retries: retries)),
            isolation: Isolation(ledger: InMemorySuspectLedger()),
            logger: Logger(SilentLog()),
            time: WorkerTime(clock: ManualClock(), wallClock: { [unowned self] in now() }),
            giveUp: {},
            report: { [unowned self] report in
                outcomes.withLock { $0 += report.outcomes }
            }
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            try? await eventually("all were settled") {
                self.outcomes.withLock { $0.count } >= events.count
            }
            await source.stop()
        }
        return outcomes.withLock { $0 }
    }

    private func event(
        _ key: String,
        notBefore: Int64? = nil,
        expiresAt: Int64? = nil
    ) -> Event {
        var event = Event(job: .invalidate(Invalidation(keys: [key])))
        event.notBefore = notBefore.map(WallTime.init)
        event.expiresAt = expiresAt.map(WallTime.init)
        return event
    }

    @Test func `a warm of which nothing was left to do is superseded, any other is done`() async {
        let warms = [["a"], ["a", "b"], ["b"]]
        let handler = ScriptedHandler(telling: { _ in WorkEffect(supersededKeys: ["a"]) })
        let outcomes = await settle(
            warms.map { keys in
                Event(job: .warm(Warming(entries: keys.map { WarmEntry(key: $0, value: [0x31]) })))
            },
            handler
        )
        #expect(outcomes == [.superseded, .done, .done])
    }

    @Test func `what is not due sleeps, what is over is dropped, the rest is done`() async {
        let handler = ScriptedHandler()
        let outcomes = await settle(
            [
                event("now"), event("due", notBefore: 1_000_000),
                event("later", notBefore: 1_000_001), event("over", expiresAt: 1_000_000),
                event("in time", expiresAt: 1_000_001),
                event("never", notBefore: 2_000_000, expiresAt: 999_999),
            ],
            handler
        )
        #expect(
            outcomes == [
                .done, .done, .snooze(until: WallTime(milliseconds: 1_000_001)), .expired, .done,
                .expired,
            ]
        )
        #expect(handler.removals == [["now", "due", "in time"]])
    }

    @Test func `a failure that a retry may help costs the guilty job an attempt`() async {
        let failure = JobError(reason: "failed", "why", remedy: .retry)
        let handler = ScriptedHandler { (work) throws(JobError) in
            if work.removedKeys.contains("guilty") { throw failure }
        }
        let outcomes = await settle(
            [event("before"), event("guilty"), event("after")],
            retries: RetryPolicy(base: .seconds(60)),
            handler
        )
        guard case .retry(let pause, let cause) = outcomes[1] else {
            Issue.record("it is not tried again: \(outcomes)")
            return
        }
        #expect(.zero...Duration.seconds(60) ~= pause)
        #expect(cause == DeadLetterCause(reason: "failed", error: "why"))
        #expect([outcomes[0], outcomes[2]] == [.done, .done])
    }

    @Test func `after its last attempt a job is dead, with the cause of the last failure`() async {
        let handler = ScriptedHandler { (_) throws(JobError) in
            throw JobError(reason: "failed", "why", remedy: .retry)
        }
        let outcomes = await settle(
            [event("guilty")],
            retries: RetryPolicy(maxAttempts: 1),
            handler
        )
        #expect(outcomes == [.deadLetter(DeadLetterCause(reason: "failed", error: "why"))])
    }
}
