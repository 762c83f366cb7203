import EventLoop
import Telemetry
import Testing

@testable import AMQPClient

@Suite struct ConnectionStateTests {
    private static let configuration: AMQPConfiguration = {
        var configuration = AMQPConfiguration(
            endpoint: .tcp(host: "broker", port: 5_672),
            user: "me",
            password: "geheim",
            virtualHost: "v"
        )
        configuration.connectionName = "worker-1"
        return configuration
    }()
    private static let offer = Tuning(channelMax: 0, frameMax: 0, heartbeatSeconds: 60)

    private var state = ConnectionState(Self.configuration)

    private mutating func open() {
        _ = state.received(.start(mechanisms: "PLAIN"))
        _ = state.received(.tune(Self.offer))
        _ = state.received(.openOk)
    }

    private func ended(_ actions: [ConnectionState.Action]) -> AMQPError? {
        guard case .end(let error) = actions.last else { return nil }
        return error
    }

    private func reason(_ code: UInt16) -> ServerMethod.CloseReason {
        ServerMethod.CloseReason(replyCode: code, text: "words")
    }

    @Test mutating func `a handshake announces what this client can do and agrees on limits`()
        throws
    {
        let start = state.received(.start(mechanisms: "AMQPLAIN PLAIN"))
        guard case .send(.startOk(let properties, let response)) = start.first else {
            Issue.record("no answer to start: \(start)")
            return
        }
        #expect(response == [0] + Array("me".utf8) + [0] + Array("geheim".utf8))
        #expect(properties["connection_name"] == "worker-1")
        guard case .table(let capabilities) = properties["capabilities"] else {
            Issue.record("no capabilities")
            return
        }
        for name in [
            "consumer_cancel_notify", "connection.blocked", "authentication_failure_close",
        ] {
            #expect(capabilities[name] == true)
        }
        let tuning = Tuning(channelMax: 2_047, frameMax: 131_072, heartbeatSeconds: 10)
        #expect(
            state.received(.tune(Self.offer)) == [
                .send(.tuneOk(tuning)), .tune(tuning), .send(.open(virtualHost: "v")),
            ]
        )
        #expect(state.received(.openOk) == [.opened])
        #expect(state.phase == .open)
    }

    @Test(
        arguments: [
            (60, 10, 10), (5, 10, 5), (0, 10, 10), (60, 0, 0), (0, 0, 0),
        ] as [(UInt16, Int, UInt16)]
    )
    func `the smaller heartbeat wins, and zero is for this side to say`(
        offer: UInt16,
        wish: Int,
        agreed: UInt16
    ) {
        var configuration = Self.configuration
        configuration.heartbeat = .seconds(wish)
        var state = ConnectionState(configuration)
        _ = state.received(.start(mechanisms: "PLAIN"))
        let actions = state.received(
            .tune(Tuning(channelMax: 1, frameMax: 8_192, heartbeatSeconds: offer))
        )
        let tuning = Tuning(channelMax: 1, frameMax: 8_192, heartbeatSeconds: agreed)
        #expect(actions.contains(.tune(tuning)))
    }

    @Test mutating func `a frame limit below AMQP's least is refused`() {
        _ = state.received(.start(mechanisms: "PLAIN"))
        let actions = state.received(
            .tune(Tuning(channelMax: 1, frameMax: 1, heartbeatSeconds: 0))
        )
        #expect(ended(actions)?.code == .protocolViolation)
    }

    @Test mutating func `a refused password is an authentication error, said or unsaid`() {
        _ = state.received(.start(mechanisms: "PLAIN"))
        var silent = state
        let said = state.received(.connectionClose(reason(403)))
        #expect(said.first == .send(.connectionCloseOk))
        #expect(ended(said)?.code == .authentication)
        #expect(ended(said)?.isRetriable == false)
        let hangUp = AMQPError(.connection(.closedByPeer), "eof")
        #expect(ended(silent.transportClosed(hangUp))?.code == .authentication)
    }

    @Test mutating func `a broker that takes no passwords is an authentication error`() {
        #expect(ended(state.received(.start(mechanisms: "EXTERNAL")))?.code == .authentication)
    }

    @Test mutating func `a virtual host that refuses is told apart from a password`() {
        _ = state.received(.start(mechanisms: "PLAIN"))
        _ = state.received(.tune(Self.offer))
        #expect(ended(state.received(.connectionClose(reason(530))))?.code == .notAllowed)
    }

    @Test mutating func `a broker that never answers is given up`() {
        #expect(ended(state.deadlinePassed())?.code == .timedOut)
        #expect(state.deadlinePassed().isEmpty)
    }

    @Test mutating func `a method out of its place ends the handshake`() {
        #expect(ended(state.received(.openOk))?.code == .protocolViolation)
        #expect(state.received(.start(mechanisms: "PLAIN")).isEmpty)
    }

    @Test mutating func `an alarm and its end are told`() {
        open()
        #expect(state.received(.blocked(reason: "memory")) == [.blocked(reason: "memory")])
        #expect(state.received(.unblocked) == [.unblocked])
    }

    @Test mutating func `an operator's close is answered and is worth another attempt`() {
        open()
        let actions = state.received(.connectionClose(reason(320)))
        #expect(actions.first == .send(.connectionCloseOk))
        #expect(ended(actions)?.code == .connectionForced)
        #expect(ended(actions)?.isRetriable == true)
    }

    @Test mutating func `a good-bye ends with its answer, the socket or the deadline`() {
        open()
        #expect(state.close() == [.send(.connectionClose(text: "done"))])
        #expect(state.close().isEmpty)
        #expect(state.received(.unblocked).isEmpty)
        var lost = state
        var late = state
        #expect(ended(state.received(.connectionCloseOk))?.code == .closedLocally)
        #expect(
            ended(lost.transportClosed(AMQPError(.connection(.reset), "")))?.code == .closedLocally
        )
        #expect(ended(late.deadlinePassed())?.code == .closedLocally)
        #expect(state.close().isEmpty)
    }

    @Test mutating func `two good-byes that cross are answered`() {
        open()
        _ = state.close()
        let actions = state.received(.connectionClose(reason(320)))
        #expect(actions.first == .send(.connectionCloseOk))
        #expect(ended(actions)?.code == .closedLocally)
    }

    @Test mutating func `closing before it is open says nothing to nobody`() {
        #expect(ended(state.close())?.code == .closedLocally)
    }
}
