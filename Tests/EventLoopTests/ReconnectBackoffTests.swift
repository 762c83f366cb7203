import EventLoop
import Testing

@Suite struct ReconnectBackoffTests {
    @Test func `waits double up to the cap and never overflow`() {
        let backoff = ReconnectBackoff(base: .milliseconds(100), cap: .seconds(1), jitter: { 1 })
        let waits = (1...6).map { backoff.delay(afterFailures: $0, isHopeless: false) }
        #expect(waits == [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
        #expect(backoff.delay(afterFailures: .max, isHopeless: false) == .seconds(1))
    }

    @Test func `full jitter reaches from no wait to the whole interval`() {
        for (share, wait) in [(0.0, 0), (0.25, 100), (0.999, 399)] {
            let backoff = ReconnectBackoff(base: .milliseconds(100), jitter: { share })
            let delay = backoff.delay(afterFailures: 3, isHopeless: false)
            #expect(delay >= .milliseconds(wait))
            #expect(delay < .milliseconds(wait + 1))
        }
    }

    @Test func `a link that returns is tried within a second however long it was away`() {
        let backoff = ReconnectBackoff(jitter: { 0.999 })
        #expect(backoff.delay(afterFailures: 1_000, isHopeless: false) < .seconds(1))
    }

    @Test func `what time will not heal waits half of its own cap at least`() {
        let backoff = ReconnectBackoff(
            base: .seconds(1),
            cap: .seconds(1),
            hopelessCap: .seconds(10),
            jitter: { 0 }
        )
        #expect(backoff.delay(afterFailures: 1, isHopeless: true) == .seconds(5))
    }
}
