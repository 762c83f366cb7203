import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct WorkerIncidentTests {
    private final class Incidents: Sendable {
        private let list = Mutex<[WorkerIncident]>([])
        var all: [WorkerIncident] { list.withLock { $0 } }
        func append(_ incident: WorkerIncident) { list.withLock { $0.append(incident) } }
    }

    private let queue = InMemoryQueue()
    private let incidents = Incidents()

    private func run(_ handler: ScriptedHandler, _ source: any JobSource) async {
        await queue.add(Event(job: .invalidate(Invalidation(keys: ["k"]))).encoded())
        queue.finish()
        await Worker(
            source: source,
            handler: handler,
            isolation: Isolation(ledger: InMemorySuspectLedger()),
            logger: Logger(SilentLog()),
            giveUp: {},
            incident: { [incidents] in incidents.append($0) }
        )
        .run()
    }

    @Test func `a step that waits is told at each try, and when it goes on`() async {
        let away = JobError(reason: "unavailable", "Redis is away", remedy: .wait)
        let failures = Mutex(2)
        let handler = ScriptedHandler { (_) throws(JobError) in
            let isFailing = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            if isFailing { throw away }
        }
        await run(handler, InMemorySource(queue))
        let retries = [true, false]
            .map { isFirst in
                WorkerIncident.stepRetried(
                    source: "memory",
                    reason: "unavailable",
                    isFirst: isFirst
                )
            }
        #expect(incidents.all == retries + [.stepWentOn(source: "memory")])
    }

    @Test func `a batch that could not be settled is told, and nothing else is`() async {
        await run(ScriptedHandler(), FlakySource(queue, settleFailures: 1))
        #expect(incidents.all == [.batchNotSettled(source: "flaky")])
    }
}
