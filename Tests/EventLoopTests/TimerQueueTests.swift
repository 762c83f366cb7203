import Testing

@testable import EventLoop

@Suite struct TimerQueueTests {
    private final class Fired {
        var names: [Int] = []
    }

    @Test func `timers come due in the order of their deadlines, not of their making`() {
        var queue = TimerQueue()
        let fired = Fired()
        let start = ContinuousClock.now
        for delay in [5, 1, 4, 2, 3, 9, 7] {
            _ = queue.add(deadline: start + .seconds(delay)) { fired.names.append(delay) }
        }
        for body in queue.takeDue(at: start + .seconds(5)) { body() }
        #expect(fired.names == [1, 2, 3, 4, 5])
        for body in queue.takeDue(at: start + .seconds(10)) { body() }
        #expect(fired.names == [1, 2, 3, 4, 5, 7, 9])
        #expect(queue.timeUntilNext == nil)
    }

    @Test func `a cancelled timer does not fire, and cancelling it again is harmless`() {
        var queue = TimerQueue()
        let fired = Fired()
        let start = ContinuousClock.now
        let cancelled = queue.add(deadline: start) { fired.names.append(1) }
        _ = queue.add(deadline: start) { fired.names.append(2) }
        cancelled.cancel()
        cancelled.cancel()
        for body in queue.takeDue(at: start) { body() }
        #expect(fired.names == [2])
    }

    @Test func `cancelled timers never outnumber the others for long`() {
        var queue = TimerQueue()
        let fired = Fired()
        let start = ContinuousClock.now
        for number in 0..<100 {
            _ = queue.add(deadline: start + .seconds(200 - number)) { fired.names.append(number) }
        }
        for _ in 0..<10_000 {
            queue.add(deadline: start + .seconds(30)) { fired.names.append(-1) }.cancel()
        }
        #expect(queue.count <= 200)
        for body in queue.takeDue(at: start + .seconds(200)) { body() }
        #expect(fired.names == (0..<100).reversed())
    }
}
