import CacheDomain
import Testing

@Suite struct CircuitBreakerTests {
    private var breaker = CircuitBreaker(failureLimit: 3, openTime: .seconds(10))
    private let start = ContinuousClock.now

    @Test mutating func `failures in a row open it, a success between them does not`() {
        for _ in 0..<2 { breaker.failed(at: start) }
        breaker.succeeded()
        for _ in 0..<2 { breaker.failed(at: start) }
        var admits = breaker.admits(at: start)
        #expect(admits && breaker.state(at: start) == .closed)
        breaker.failed(at: start)
        admits = breaker.admits(at: start)
        #expect(!admits && breaker.state(at: start) == .open)
        #expect(breaker.state(at: start + .seconds(10)) == .halfOpen)
    }

    @Test mutating func `half open it lets one through, which decides for all`() {
        for _ in 0..<3 { breaker.failed(at: start) }
        let later = start + .seconds(10)
        let admissions = [breaker.admits(at: later), breaker.admits(at: later)]
        #expect(admissions == [true, false])
        breaker.failed(at: later)
        #expect(breaker.state(at: later + .seconds(9)) == .open)
        let isProbed = breaker.admits(at: later + .seconds(10))
        #expect(isProbed)
        breaker.succeeded()
        #expect(breaker.state(at: later + .seconds(10)) == .closed)
    }

    @Test mutating func `a probe that its caller gave up makes room for the next`() {
        for _ in 0..<3 { breaker.failed(at: start) }
        let later = start + .seconds(10)
        let first = breaker.admits(at: later)
        breaker.abandoned()
        let second = breaker.admits(at: later)
        #expect(first && second && breaker.state(at: later) == .halfOpen)
    }
}
