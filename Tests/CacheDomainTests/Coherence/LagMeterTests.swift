import Telemetry
import Testing

@testable import CacheDomain

@Suite struct LagMeterTests {
    private var meter = LagMeter()
    private let start = ContinuousClock.now
    /// What the clock of the server is ahead of the own one, which shows 0 at the start.
    private var ahead = Duration.seconds(1_764_490_740)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A canary that is published `way` after it was sent, and comes back as long after that.
    private mutating func canary(at seconds: Double, way: Double = 0.001) {
        meter.heardCanary(
            publishedAt: ahead + .seconds(seconds),
            sentAt: at(seconds - way),
            at: at(seconds + way)
        )
    }

    private mutating func change(at seconds: Double, appliedAfter lag: Double) {
        meter.applied(publishedAt: ahead + .seconds(seconds), at: at(seconds + lag))
    }

    /// What is counted up to each bound, without the empty buckets.
    private var buckets: [Double: Int] {
        Dictionary(
            uniqueKeysWithValues: zip(meter.lags.bounds + [.infinity], meter.lags.counts)
                .filter { $0.1 > 0 }
        )
    }

    @Test mutating func `a lag counts when a canary before and one after it agree`() {
        canary(at: 1)
        change(at: 2, appliedAfter: 0.2)
        #expect(meter.lags.count == 0)
        canary(at: 3)
        #expect(buckets == [0.25: 1] && meter.unmeasuredCount == 0)
        #expect((0.2...0.21).contains(meter.lags.sum))
    }

    @Test(arguments: [-3_600.0, 0.0, 0.75, 86_400.0])
    mutating func `what the clock of the server shows makes no difference`(wrong: Double) {
        ahead += .seconds(wrong)
        canary(at: 1)
        change(at: 2, appliedAfter: 0.2)
        canary(at: 3)
        #expect(buckets == [0.25: 1])
    }

    @Test mutating func `a lag is never told too short, and too long by no fast round trip`() {
        canary(at: 1, way: 0.002)
        canary(at: 1.5, way: 4)
        canary(at: 2, way: 0.5)
        for _ in 0..<10 { change(at: 3, appliedAfter: 0.02) }
        canary(at: 4, way: 3)
        let mean = meter.lags.sum / 10
        // Half a round trip, and what clocks may drift apart in two seconds.
        #expect((0.02...0.025).contains(mean))
    }

    @Test(arguments: [-30.0, -0.1, 0.1, 30.0])
    mutating func `a clock that is set between two canaries falsifies nothing`(step: Double) {
        canary(at: 1)
        change(at: 2, appliedAfter: 0.2)
        ahead += .seconds(step)
        change(at: 3, appliedAfter: 0.2)
        canary(at: 4)
        #expect(meter.lags.count == 0 && meter.unmeasuredCount == 2)
        change(at: 5, appliedAfter: 0.2)
        canary(at: 6)
        #expect(buckets == [0.25: 1] && meter.unmeasuredCount == 2)
    }

    @Test mutating func `a clock that drifts as clocks do is the same clock`() {
        for second in 0..<100 {
            ahead += .microseconds(400)
            canary(at: Double(second))
            change(at: Double(second) + 0.5, appliedAfter: 0.2)
        }
        canary(at: 100)
        #expect(buckets == [0.25: 100] && meter.unmeasuredCount == 0)
    }

    @Test mutating func `what comes before the first canary, or without a time, is not measured`() {
        change(at: 0, appliedAfter: 0.2)
        canary(at: 1)
        meter.noteUnmeasured()
        canary(at: 2)
        #expect(meter.lags.count == 0 && meter.unmeasuredCount == 2)
    }

    @Test mutating func `a message from the journal is as late as it is`() {
        canary(at: 1)
        change(at: 2, appliedAfter: 20)
        change(at: 2, appliedAfter: 300)
        canary(at: 310)
        #expect(buckets == [30: 1, .infinity: 1])
    }
}
