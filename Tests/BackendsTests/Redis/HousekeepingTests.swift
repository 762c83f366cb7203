import Testing

@testable import Backends

@Suite struct HousekeepingTests {
    private let start = ContinuousClock.now

    /// Whether it is time at each of these moments, in seconds since the start.
    private func dueTimes(_ housekeeping: inout Housekeeping, _ seconds: [Double]) -> [Bool] {
        var due: [Bool] = []
        for second in seconds { due.append(housekeeping.isTrimDue(at: start + .seconds(second))) }
        return due
    }

    @Test func `finished jobs are trimmed after the interval, or when there are many`() {
        var housekeeping = Housekeeping(trimInterval: .seconds(1))
        housekeeping.finished(jobs: 1)
        #expect(dueTimes(&housekeeping, [0, 0.9, 1, 1]) == [false, false, true, false])
        housekeeping.finished(jobs: Housekeeping.jobsPerTrim)
        #expect(dueTimes(&housekeeping, [1, 1]) == [true, false])
    }

    @Test func `who has finished nothing trims at its own pace, for those that died before`() {
        var housekeeping = Housekeeping(trimInterval: .seconds(1))
        #expect(dueTimes(&housekeeping, [0, 2.9, 3, 3]) == [false, false, true, false])
        // A job that is finished meanwhile does not wait so long.
        housekeeping.finished(jobs: 1)
        #expect(dueTimes(&housekeeping, [3, 3.9, 4, 4]) == [false, false, true, false])
    }
}
