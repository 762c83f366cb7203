import Testing

@testable import AMQPClient

@Suite struct HeartbeatStateTests {
    @Test func `an idle connection sends a heartbeat every half interval`() {
        var state = HeartbeatState(seconds: 8)
        #expect(state.tick == .seconds(2))
        let verdicts = (0..<8).map { _ in state.tick(silence: .zero) }
        #expect(verdicts.filter { $0 == .heartbeatDue }.count == 4)
    }

    @Test func `whatever is written counts as a heartbeat`() {
        var state = HeartbeatState(seconds: 8)
        for _ in 0..<8 {
            state.sent()
            #expect(state.tick(silence: .zero) == .fine)
        }
    }

    @Test func `a peer is dead after two intervals of silence, not before`() {
        var state = HeartbeatState(seconds: 8)
        #expect(state.tick(silence: .milliseconds(15_999)) != .peerIsDead)
        #expect(state.tick(silence: .seconds(16)) == .peerIsDead)
    }

    @Test func `without heartbeats nothing is due`() {
        var state = HeartbeatState(seconds: 0)
        #expect(state.tick == nil)
        #expect(state.tick(silence: .seconds(1_000)) == .fine)
    }
}
