import Testing

@testable import Jobs

@Suite struct BackoffTests {
    @Test func `the ceiling doubles with every try up to the cap`() {
        var backoff = Backoff(base: .milliseconds(50), cap: .milliseconds(300))
        let ceilings = (0..<5).map { _ in backoff.next(random: 1) }
        #expect(ceilings == [50, 100, 200, 300, 300].map { .milliseconds($0) })
    }

    @Test func `the pause is anywhere below the ceiling`() {
        var backoff = Backoff(base: .seconds(1), cap: .seconds(1))
        #expect(backoff.next(random: 0) == .zero)
        #expect(backoff.next(random: 0.25) == .milliseconds(250))
        for _ in 0..<100 {
            let pause = backoff.next()
            #expect(pause >= .zero && pause <= .seconds(1))
        }
    }

    @Test func `after a success it begins anew`() {
        var backoff = Backoff(base: .milliseconds(50), cap: .seconds(2))
        for _ in 0..<1000 { _ = backoff.next() }
        #expect(backoff.next(random: 1) == .seconds(2))
        backoff.reset()
        #expect(backoff.next(random: 1) == .milliseconds(50))
    }
}
