import Testing

@testable import Backends

@Suite final class ClaimScheduleTests {
    private let start = ContinuousClock.now
    private var schedule = ClaimSchedule(interval: .seconds(1), lease: .seconds(3))

    private func look(at time: ContinuousClock.Instant) -> Bool {
        schedule.takeLook(at: time)
    }

    private func review() -> Bool { schedule.takeOwnReview() }

    private func connections(_ generations: [UInt64], at time: ContinuousClock.Instant) {
        schedule.connections(generations, at: time)
    }

    @Test func `a new connection gives everybody the time of a lease to renew theirs`() {
        connections([1, 1], at: start)
        #expect(!look(at: start + .milliseconds(2999)))
        #expect(look(at: start + .seconds(3)))
        connections([1, 2], at: start + .seconds(10))
        #expect(!look(at: start + .seconds(12)))
        #expect(look(at: start + .seconds(13)))
    }

    @Test func `looks are an interval apart, unless there was more to take`() {
        connections([1, 1], at: start)
        #expect(look(at: start + .seconds(3)))
        #expect(!look(at: start + .milliseconds(3999)))
        schedule.lookSoon()
        #expect(look(at: start + .milliseconds(3999)))
    }

    @Test
    func
        `own jobs are reviewed at the start, when a connection is new, and when track was lost`()
    {
        connections([1, 1], at: start)
        #expect(review())
        #expect(!review())
        connections([1, 1], at: start)
        #expect(!review())
        connections([2, 1], at: start)
        #expect(review())
        schedule.lostTrack()
        #expect(review())
    }
}
