import Testing

@testable import Jobs

@Suite struct RetryPolicyTests {
    private let cause = DeadLetterCause(reason: "failed", error: "why")
    private let policy = RetryPolicy(maxAttempts: 5, base: .seconds(1), cap: .seconds(6))

    @Test func `the pause doubles up to the cap, and the last attempt ends it`() {
        let outcomes = (1...6).map { policy.outcome(afterAttempt: $0, cause, random: 1) }
        #expect(
            outcomes == [
                .retry(after: .seconds(1), cause), .retry(after: .seconds(2), cause),
                .retry(after: .seconds(4), cause), .retry(after: .seconds(6), cause),
                .deadLetter(cause), .deadLetter(cause),
            ]
        )
    }

    @Test func `the jitter is full`() {
        #expect(policy.outcome(afterAttempt: 3, cause, random: 0) == .retry(after: .zero, cause))
        #expect(
            policy.outcome(afterAttempt: 3, cause, random: 0.25)
                == .retry(after: .seconds(1), cause)
        )
    }

    @Test func `after the deadline it ends, and no pause goes beyond it`() {
        var policy = policy
        policy.deadline = .seconds(10)
        let outcomes = [9, 10, 11]
            .map {
                policy.outcome(afterAttempt: 4, failingFor: .seconds($0), cause, random: 1)
            }
        #expect(
            outcomes == [.retry(after: .seconds(1), cause), .deadLetter(cause), .deadLetter(cause)]
        )
    }
}
