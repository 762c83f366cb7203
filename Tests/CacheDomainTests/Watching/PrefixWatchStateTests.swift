import Testing

@testable import CacheDomain

@Suite struct PrefixWatchStateTests {
    private static let token = ProcessToken(random: 7)
    private let start = ContinuousClock.now
    private var state = PrefixWatchState(
        timing: CoherenceFollower.Timing(heartbeat: .seconds(1), lease: .seconds(3)),
        token: Self.token
    )

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// The canary of this number.
    private func mine(_ number: Int) -> String { "\(Self.token.text)-\(number)" }

    /// Begins and hears the first canary, sent at 0.
    private mutating func serve() {
        #expect(state.hear(.began, at: start) == [.distrust, .sendCanary(mine(1))])
        #expect(state.sent(mine(1), over: 1) == [.distrust])
        _ = state.hear(.canary(mine(1)), at: at(0.5))
    }

    @Test mutating func `nothing is served before an own canary was heard`() {
        #expect(state.problem(at: start) == "not begun yet" && state.servesUntil == nil)
        #expect(state.hear(.began, at: start) == [.distrust, .sendCanary(mine(1))])
        #expect(state.problem(at: start) == "its canary has not been heard")
        #expect(state.hear(.canary("theirs-1"), at: at(0.1)) == [])
        #expect(state.servesUntil == nil)
        #expect(state.hear(.canary(mine(1)), at: at(0.5)) == [])
        #expect(state.servesUntil == nil, "it is not known yet which way it went")
        #expect(state.sent(mine(1), over: 1) == [.distrust])
        #expect(state.servesUntil == at(3), "from the moment when it was sent")
        #expect(state.problem(at: at(2.9)) == nil)
        #expect(state.problem(at: at(3)) == "its canary has not been heard")
        #expect(state.statistics.beginnings == 1 && state.statistics.losses == 0)
    }

    @Test mutating func `each interval a canary prolongs the lease, and only that does`() {
        serve()
        #expect(state.look(at: at(1)) == [.sendCanary(mine(2))])
        #expect(state.hear(.changed(["a", "b"]), at: at(1.1)) == [.forget(["a", "b"])])
        #expect(state.servesUntil == at(3))
        _ = state.sent(mine(2), over: 1)
        _ = state.hear(.canary(mine(2)), at: at(1.2))
        #expect(state.servesUntil == at(4))
        #expect(state.hear(.flushed, at: at(1.3)) == [.forgetAll])
        #expect(state.servesUntil == at(4), "who is told of everything can serve what comes next")
        #expect(state.statistics.changes == 2 && state.statistics.flushes == 1)
    }

    @Test mutating func `a loss distrusts everything, and so does a new beginning`() {
        serve()
        #expect(state.hear(.lost("closed"), at: at(1)) == [.distrust])
        #expect(state.servesUntil == nil && state.problem(at: at(1)) == "closed")
        #expect(state.look(at: at(2)) == [], "nobody would hear a canary")
        #expect(state.hear(.canary(mine(1)), at: at(2)) == [] && state.servesUntil == nil)
        #expect(state.hear(.lost("denied"), at: at(2)) == [.distrust])
        #expect(state.problem(at: at(2)) == "denied", "the newest reason is told")
        #expect(state.statistics.losses == 1)
        #expect(state.hear(.began, at: at(3)) == [.distrust, .sendCanary(mine(2))])
        _ = state.hear(.canary(mine(1)), at: at(3))
        #expect(state.servesUntil == nil, "it was sent before the beginning")
        _ = state.hear(.canary(mine(2)), at: at(3.5))
        _ = state.sent(mine(2), over: 1)
        #expect(state.servesUntil == at(6) && state.statistics.beginnings == 2)
    }

    @Test mutating func `a watch that leads nowhere is given up after two leases`() {
        serve()
        #expect(state.look(at: at(5.9)) == [.sendCanary(mine(2))])
        #expect(state.look(at: at(6)) == [.distrust, .beginAnew])
        let reason = "its canaries are not heard: it may be at another server"
        #expect(state.problem(at: at(6)) == reason && state.statistics.losses == 1)
        #expect(state.look(at: at(7)) == [])
        _ = state.hear(.began, at: at(7))
        #expect(state.look(at: at(12.9)) != [.distrust, .beginAnew], "it has its own two leases")
        #expect(state.look(at: at(13)) == [.distrust, .beginAnew], "the first is never heard")
    }

    @Test mutating func `a canary that cannot be sent is no reason to begin anew`() {
        serve()
        state.sendingFailed("Redis is full")
        #expect(state.look(at: at(60)) == [.sendCanary(mine(2))])
        #expect(state.problem(at: at(60)) == "its canary cannot be sent: Redis is full")
        #expect(state.sent(mine(2), over: 1) == [])
        _ = state.hear(.canary(mine(2)), at: at(61))
        #expect(state.servesUntil == at(63))
    }

    @Test mutating func `values that were read over another connection are not trusted`() {
        serve()
        #expect(state.sent(mine(2), over: 1) == [])
        #expect(state.sent(mine(3), over: 2) == [.distrust])
        #expect(state.sent(mine(4), over: 2) == [])
        #expect(state.servesUntil == at(3), "what is read from now on is")
    }
}
