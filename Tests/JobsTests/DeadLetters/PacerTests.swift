import Jobs
import TestSupport
import Testing

@Suite struct PacerTests {
    @Test func `turns come at even distances, the first one at once`() async {
        let clock = ManualClock()
        let start = clock.now
        var pacer = Pacer(perSecond: 4, clock: clock)
        await pacer.turn()
        #expect(clock.now == start)
        for count in 1...3 {
            let waiting = Task { [pacer] in
                var pacer = pacer
                await pacer.turn()
                return pacer
            }
            await clock.untilAsleep(1)
            clock.advance(by: .milliseconds(250))
            pacer = await waiting.value
            #expect(clock.now == start + .milliseconds(250) * count)
        }
    }

    @Test func `a pause is not made up for by a burst`() async {
        let clock = ManualClock()
        var pacer = Pacer(perSecond: 10, clock: clock)
        await pacer.turn()
        clock.advance(by: .seconds(60))
        await pacer.turn()
        let waiting = Task { [pacer] in
            var pacer = pacer
            await pacer.turn()
        }
        await clock.untilAsleep(1)
        clock.advance(by: .milliseconds(100))
        await waiting.value
    }
}
