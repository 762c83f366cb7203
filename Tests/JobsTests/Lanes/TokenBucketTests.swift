import TestSupport
import Testing

@testable import Jobs

@Suite struct TokenBucketTests {
    private let start = ContinuousClock.now

    @Test func `a bucket holds a tenth of a second's worth, and at least one`() {
        for (rate, burst) in [
            (JobRate(500, per: .seconds(1)), 50), (JobRate(3, per: .seconds(60)), 1),
            (JobRate(1, per: .seconds(3_600)), 1), (JobRate(36_000, per: .seconds(3_600)), 1),
        ] {
            var bucket = TokenBucket(rate)
            #expect(bucket.burst == burst && bucket.available(at: start) == burst)
            #expect(bucket.available(at: start + .seconds(86_400)) == burst)
        }
    }

    @Test func `what was taken beyond the bucket is waited for`() {
        var bucket = TokenBucket(JobRate(100, per: .seconds(1)))
        bucket.take(210, at: start)
        #expect(bucket.available(at: start) == 0)
        #expect(bucket.available(at: start + .seconds(2)) == 0)
        #expect(bucket.pause(at: start + .seconds(2)) >= .milliseconds(50))
        #expect(bucket.available(at: start + .milliseconds(2_051)) == 5)
    }

    @Test func `a clock that goes back gives nothing twice`() {
        var bucket = TokenBucket(JobRate(10, per: .seconds(1)))
        bucket.take(1, at: start + .seconds(10))
        for _ in 0..<100 {
            #expect(bucket.available(at: start) == 0)
            #expect(bucket.available(at: start + .seconds(10)) == 0)
        }
    }

    @Test(arguments: 0..<20)
    func `however jobs come, their number is within the rate and one burst`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rate = JobRate(.random(in: 1...5_000, using: &random), per: .seconds(1))
        var bucket = TokenBucket(rate)
        var now = start
        var taken = 0
        for _ in 0..<2_000 {
            now += min(bucket.pause(at: now), .seconds(2))
            now += .microseconds(.random(in: 0...20_000, using: &random))
            let count = Int.random(in: 0...bucket.available(at: now), using: &random)
            bucket.take(count, at: now)
            taken += count
            let seconds = start.duration(to: now) / .seconds(1)
            #expect(Double(taken) <= seconds * Double(rate.jobs) + Double(bucket.burst) + 1)
        }
        #expect(taken > 0)
    }

    @Test func `who waits as long as told can take, and never waits for nothing`() {
        var bucket = TokenBucket(JobRate(7, per: .seconds(3)))
        var now = start
        for _ in 0..<1_000 {
            now += bucket.pause(at: now)
            #expect(bucket.pause(at: now) == .zero)
            #expect(bucket.available(at: now) == 1)
            bucket.take(1, at: now)
            #expect(bucket.pause(at: now) > .zero)
        }
    }
}
