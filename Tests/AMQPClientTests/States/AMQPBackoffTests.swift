import Testing

@testable import AMQPClient

@Suite struct AMQPBackoffTests {
    @Test func `waits double up to the cap, and begin again after a reset`() {
        var backoff = AMQPBackoff(base: .milliseconds(100), cap: .seconds(1)) { $0.upperBound }
        #expect(
            (0..<6).map { _ in backoff.next() }
                == [100, 200, 400, 800, 1_000, 1_000]
                .map {
                    Duration.milliseconds($0)
                }
        )
        for _ in 0..<1_000 { #expect(backoff.next() == .seconds(1)) }
        backoff.reset()
        #expect(backoff.next() == .milliseconds(100))
    }

    @Test func `the jitter is full, and an error that stays waits half the cap at least`() {
        var lowest = AMQPBackoff(base: .seconds(1), cap: .seconds(10)) { $0.lowerBound }
        #expect(lowest.next() == .zero)
        #expect(lowest.slow() == .seconds(5))
    }
}
