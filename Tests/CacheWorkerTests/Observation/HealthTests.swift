import Synchronization
import TestSupport
import Testing

@testable import CacheWorker

@Suite("The health of a process")
struct HealthTests {
    private static let good = ConnectionReport(
        server: "redis",
        role: "data",
        isReady: true,
        connectionCount: 1,
        problem: nil
    )
    private static let bad = ConnectionReport(
        server: "amqp",
        role: "consumer",
        isReady: false,
        connectionCount: 3,
        problem: "connection refused"
    )

    @Test("is good when the loop turns, all connections stand and the log is followed")
    func ready() {
        let health = Health(coherenceProblem: { nil })
        #expect(health.problems == ["starting: no connection was looked at yet"])
        health.beat([Self.good])
        #expect(health.problems == [] && health.isAlive)
    }

    @Test("names every reason against work")
    func problems() {
        let isFollowing = Mutex(false)
        let health = Health(coherenceProblem: {
            isFollowing.withLock(\.self) ? nil : "the log is not followed"
        })
        health.beat([Self.good, Self.bad])
        health.startDraining()
        #expect(
            health.problems == [
                "draining: no new jobs are taken", "amqp consumer: connection refused",
                "coherence: the log is not followed, local copies are not served",
            ]
        )
        let watching = Health(coherenceProblem: { nil }, watchProblem: { "NOPERM" })
        watching.beat([])
        #expect(
            watching.problems == [
                "watched prefixes: NOPERM; copies under them are not served"
            ]
        )
        isFollowing.withLock { $0 = true }
        health.beat([Self.good])
        #expect(health.problems == ["draining: no new jobs are taken"])
        #expect(Self.bad.reconnectCount == 2 && Self.good.reconnectCount == 0)
    }

    @Test("is lost when the loop has not turned for longer than the bound")
    func beat() {
        let clock = ManualClock()
        let health = Health(coherenceProblem: { nil }, now: { clock.now })
        health.beat([])
        clock.advance(by: Health.maxBeatAge)
        #expect(health.isAlive)
        clock.advance(by: .milliseconds(1))
        #expect(!health.isAlive)
        #expect(health.problems == ["event loop: it has not turned for 10.001 seconds"])
        health.beat([])
        #expect(health.isAlive && health.problems == [])
    }
}
