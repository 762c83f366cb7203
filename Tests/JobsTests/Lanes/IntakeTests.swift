import Synchronization
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct IntakeTests {
    private let clock = ManualClock()

    private func intake(
        _ budget: InFlightBudget = InFlightBudget(),
        maxBatches: Int = .max,
        rate: JobRate? = nil
    ) -> Intake {
        let clock = clock
        return Intake(
            budget: budget,
            maxBatches: maxBatches,
            rate: rate,
            clock: clock,
            now: { clock.now }
        )
    }

    @Test func `an intake without limits lets everything through`() async {
        let intake = intake()
        for _ in 0..<10 {
            #expect(await intake.admit() == Allowance(jobs: .max, bytes: .max))
            intake.took(jobs: 0, bytes: 0)
        }
    }

    @Test func `what may be taken is what the budget of all lanes has left`() async {
        let budget = InFlightBudget(maxJobs: 10, maxBytes: 1_000)
        let (one, other) = (intake(budget), intake(budget))
        one.took(jobs: 3, bytes: 400)
        other.took(jobs: 2, bytes: 500)
        #expect(await one.admit() == Allowance(jobs: 5, bytes: 100))
        #expect(await other.admit() == Allowance(jobs: 5, bytes: 100))
        other.settled(jobs: 2, bytes: 500)
        #expect(await one.admit() == Allowance(jobs: 7, bytes: 600))
    }

    @Test(arguments: [(10, 1), (1, 1_000), (50, 70_000)])
    func `a full budget stops all lanes until something is settled, by any of them`(
        jobs: Int,
        bytes: Int
    ) async {
        let budget = InFlightBudget(maxJobs: 10, maxBytes: 1_000)
        let (one, other) = (intake(budget), intake(budget))
        one.took(jobs: jobs, bytes: bytes)
        async let answer = other.admit()
        await untilWaiting(budget)
        one.settled(jobs: jobs, bytes: bytes)
        #expect(await answer == Allowance(jobs: 10, bytes: 1_000))
        #expect(budget.inFlight == (0, 0))
    }

    @Test func `a lane takes no more batches than it may work on`() async {
        let budget = InFlightBudget()
        let intake = intake(budget, maxBatches: 2)
        intake.took(jobs: 1, bytes: 1)
        #expect(await intake.admit() != nil)
        intake.took(jobs: 1, bytes: 1)
        async let answer = intake.admit()
        await untilWaiting(budget)
        // Another lane is not concerned.
        #expect(await self.intake(budget, maxBatches: 2).admit() != nil)
        intake.settled(jobs: 1, bytes: 1)
        #expect(await answer != nil)
    }

    @Test func `a lane with a rate waits for it, by the clock`() async {
        let intake = intake(rate: JobRate(100, per: .seconds(1)))
        #expect(intake.burst == 10)
        #expect(await intake.admit()?.jobs == 10)
        intake.took(jobs: 10, bytes: 0)
        let began = clock.now
        async let answer = intake.admit()
        await clock.untilAsleep(1)
        clock.advance(by: .milliseconds(49))
        await clock.untilAsleep(1)
        clock.advance(by: .milliseconds(2))
        #expect(await answer?.jobs == 5)
        #expect(began.duration(to: clock.now) == .milliseconds(51))
    }

    @Test func `stopping ends every wait, for the rate and for room`() async {
        let budget = InFlightBudget(maxJobs: 1)
        let (full, slow) = (intake(budget), intake(rate: JobRate(1, per: .seconds(3_600))))
        full.took(jobs: 1, bytes: 0)
        slow.took(jobs: 1, bytes: 0)
        async let first = full.admit()
        async let second = slow.admit()
        await clock.untilAsleep(1)
        await untilWaiting(budget)
        full.stop()
        slow.stop()
        #expect(await (first, second) == (nil, nil))
        #expect(await slow.admit() == nil)
        slow.stop()
    }

    @Test func `in a cancelled task nothing is let through`() async {
        let budget = InFlightBudget(maxJobs: 1)
        let intake = intake(budget)
        intake.took(jobs: 1, bytes: 0)
        let answer = await withTaskGroup(of: Allowance?.self) { group in
            group.addTask { await intake.admit() }
            await untilWaiting(budget)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(answer == nil)
        #expect(!budget.isWaitedFor)
    }

    private func untilWaiting(_ budget: InFlightBudget) async {
        while !budget.isWaitedFor { await Task.yield() }
    }
}
