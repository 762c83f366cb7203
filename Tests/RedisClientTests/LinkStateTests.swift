import EventLoop
import Testing

@testable import RedisClient

@Suite struct LinkStateTests {
    private let start = ContinuousClock.now
    private let refused = RedisError(.connection(.refused), "refused", outcome: .notSent)
    private let forbidden = RedisError(.authentication, "forbidden", outcome: .notSent)

    private func state(jitter: Double = 0.5) -> LinkState {
        LinkState(
            backoff: ReconnectBackoff(
                base: .milliseconds(100),
                cap: .seconds(2),
                hopelessCap: .seconds(2),
                stableAfter: .seconds(5),
                jitter: { jitter }
            )
        )
    }

    private func ready(_ state: inout LinkState, attempt: UInt64, at now: ContinuousClock.Instant) {
        #expect(state.connected(attempt: attempt) == .shakeHands)
        #expect(state.handshakeCompleted(at: now) == .serve(generation: state.generation))
    }

    @Test func `one way leads from idle to ready`() {
        var state = state()
        #expect(state.phase == .idle)
        #expect(state.start() == .connect(attempt: 1))
        #expect(state.start() == .none)
        #expect(state.connected(attempt: 1) == .shakeHands)
        #expect(state.phase == .handshaking)
        #expect(state.handshakeCompleted(at: start) == .serve(generation: 1))
        #expect(state.phase == .ready)
        #expect(state.lastFailure == nil)
    }

    @Test func `waits double up to the cap, by the share the jitter gives`() {
        var state = state()
        _ = state.start()
        var waits: [Duration] = []
        for attempt in 1...8 {
            let action = state.connectFailed(attempt: UInt64(attempt), refused, at: start)
            guard case .retry(let wait) = action else {
                Issue.record("a retry was expected, not \(action)")
                return
            }
            waits.append(wait)
            #expect(state.retryDue() == .connect(attempt: UInt64(attempt) + 1))
        }
        #expect(waits == [50, 100, 200, 400, 800, 1000, 1000, 1000].map { .milliseconds($0) })
        #expect(state.lastFailure == refused)
    }

    @Test func `a connection that breaks at once does not begin the count anew`() {
        var state = state()
        _ = state.start()
        ready(&state, attempt: 1, at: start)
        #expect(state.lost(refused, at: start) == .retry(after: .milliseconds(50)))
        _ = state.retryDue()
        ready(&state, attempt: 2, at: start)
        let soon = start + .milliseconds(4999)
        #expect(state.lost(refused, at: soon) == .retry(after: .milliseconds(100)))
        _ = state.retryDue()
        ready(&state, attempt: 3, at: soon)
        #expect(state.lost(refused, at: soon + .seconds(5)) == .retry(after: .milliseconds(50)))
        #expect(state.generation == 3)
    }

    @Test func `a refused password waits long and is known to be hopeless`() {
        var state = state(jitter: 0)
        _ = state.start()
        _ = state.connected(attempt: 1)
        #expect(state.lost(forbidden, at: start) == .retry(after: .seconds(1)))
        #expect(state.isHopeless)
        #expect(state.retryDue() == .connect(attempt: 2))
        #expect(!state.isHopeless)
    }

    @Test func `what comes too late changes nothing`() {
        var state = state()
        #expect(state.connected(attempt: 1) == .discardTransport)
        #expect(state.lost(refused, at: start) == .none)
        #expect(state.retryDue() == .none)
        _ = state.start()
        _ = state.connectFailed(attempt: 1, refused, at: start)
        #expect(state.connected(attempt: 1) == .discardTransport)
        _ = state.retryDue()
        #expect(state.connectFailed(attempt: 1, refused, at: start) == .none)
        #expect(state.connected(attempt: 1) == .discardTransport)
        #expect(state.handshakeCompleted(at: start) == .none)
        #expect(state.connected(attempt: 2) == .shakeHands)
        #expect(state.connected(attempt: 2) == .discardTransport)
    }

    @Test func `closed is for good`() {
        var state = state()
        _ = state.start()
        state.close()
        #expect(state.connected(attempt: 1) == .discardTransport)
        #expect(state.connectFailed(attempt: 1, refused, at: start) == .none)
        #expect(state.lost(refused, at: start) == .none)
        #expect(state.retryDue() == .none)
        #expect(state.start() == .none)
        #expect(state.phase == .closed)
    }
}
