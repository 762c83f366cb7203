import Jobs
import Synchronization
import TestSupport
import Testing

@testable import CacheWorker

@Suite("The monitor")
struct MonitorTests {
    /// A source whose server can be asked only now and then.
    private final class MeasuredSource: JobSource {
        let name = "measured"
        private let answers: Mutex<[Backlog?]>

        init(_ answers: [Backlog?]) { self.answers = Mutex(answers) }

        func nextBatch() async throws(SourceError) -> DeliveryBatch? { nil }
        func stop() async {}
        func close() async {}
        func backlogs() async throws(SourceError) -> [Backlog] {
            guard let answer = answers.withLock({ $0.removeFirst() }) else {
                throw SourceError("Redis is away")
            }
            return [answer]
        }
    }

    @Test("keeps the newest look and measurement, and no measurement when there is none")
    func rounds() async throws {
        let backlog = Backlog(queue: "warm", waiting: 3, unsettled: 1, oldestAge: .seconds(2))
        let clock = ManualClock()
        let board = ConnectionBoard()
        let looks = Mutex(0)
        board.add {
            let count = looks.withLock { looks in
                looks += 1
                return looks
            }
            return ConnectionReport(
                server: "redis",
                role: "data",
                isReady: true,
                connectionCount: count,
                problem: nil
            )
        }
        let health = Health(coherenceProblem: { nil }, now: { clock.now })
        let backlogs = BacklogBoard()
        let monitor = Monitor(
            connections: board,
            sources: [MeasuredSource([backlog, nil])],
            health: health,
            backlogs: backlogs,
            clock: clock
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await monitor.run() }
            await clock.untilAsleep(2)
            #expect(health.connections.map(\.connectionCount) == [1])
            #expect(backlogs.all.map(\.backlog) == [backlog])
            clock.advance(by: Monitor.measureInterval)
            await clock.untilAsleep(2)
            #expect(health.connections.map(\.connectionCount) == [2])
            #expect(health.isAlive)
            #expect(backlogs.all.isEmpty)
            group.cancelAll()
        }
    }
}
