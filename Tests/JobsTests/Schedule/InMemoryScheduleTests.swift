import Conformance
import Synchronization
import Testing

@testable import Jobs

@Suite struct InMemoryScheduleTests {
    @Test(arguments: ScheduleConformance.checks)
    func `the schedule in memory keeps the promises of every schedule`(
        check: Check<ScheduleServer>
    ) async throws {
        let queue = InMemoryQueue()
        let fetched = Mutex<[Event]>([])
        try await check.run(
            on: ScheduleServer(
                store: InMemorySchedule(firingInto: queue, zones: NoZones()),
                enqueued: {
                    var decoder = EventDecoder()
                    if case .jobs(let jobs) = queue.fetch(upTo: 1_000) {
                        let events = try jobs.map { try decoder.decode($0.event[...]) }
                        fetched.withLock { $0 += events }
                    }
                    return fetched.withLock { $0 }
                }
            )
        )
    }
}
