import CacheDomain
import Jobs
import Synchronization
import Telemetry
import Testing

@testable import CacheWorker

@Suite("Upkeep")
struct UpkeepTests {
    @Test("completes the sessions that have expired, and no other")
    func sessions() async throws {
        let start = WallTime(milliseconds: 1_000_000)
        let isLater = Atomic(false)
        let sessions = InMemorySessionRepository(
            policy: SessionPolicy(expiry: .seconds(3_600)),
            logger: Logger(SilentLog()),
            now: { isLater.load(ordering: .relaxed) ? start + .seconds(3_601) : start }
        )
        let old = try await sessions.create(SessionDraft(userID: "u", agentID: "a"))
        isLater.store(true, ordering: .relaxed)
        let new = try await sessions.create(SessionDraft(userID: "u", agentID: "a"))
        var upkeep = Upkeep()
        upkeep.sessions = sessions
        for _ in 0..<2 { try await upkeep.perform(.expiredSessions) }
        #expect(try await sessions.session(old.id)?.status == .completed)
        #expect(try await sessions.session(new.id)?.status == .active)
    }

    @Test("leaves sessions to a worker that has their database")
    func noSessions() async throws {
        let error = await #expect(throws: JobError.self) {
            try await Upkeep().perform(.expiredSessions)
        }
        #expect(error?.remedy == .retry)
        #expect(error?.message.contains("SESSION_DATABASE_URL") == true)
    }

    @Test("has nothing to do where there is nothing of that sort")
    func nothing() async throws {
        let tasks: [CleanupTask] = [
            .failedJobs(olderThan: .zero), .idleConsumers(olderThan: .zero),
            .journal(maxLength: 1_000, olderThan: .zero), .scheduleHistory(olderThan: .zero),
        ]
        for task in tasks { try await Upkeep().perform(task) }
    }
}
