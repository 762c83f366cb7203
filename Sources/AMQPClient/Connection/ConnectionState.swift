import EventLoop
import Telemetry

/// The conversation on channel 0 as a pure function: what came in, what is to be done.
///
/// ```
/// awaitingStart ─start▶ awaitingTune ─tune▶ awaitingOpenOk ─openOk▶ open ─close()▶ closing ─▶ over
/// ```
/// Every phase ends in `over` on a close of the broker, the loss of the socket or a method out of
/// place; after that nothing has an effect.
struct ConnectionState {
    enum Phase: Equatable {
        /// The protocol header is on its way; only connection.start may follow.
        case awaitingStart
        /// User and password are on their way.
        case awaitingTune
        /// The limits are agreed on, the virtual host is asked for.
        case awaitingOpenOk
        case open
        /// This side has said good-bye and ignores everything but the answer.
        case closing
        case over
    }

    enum Action: Equatable {
        case send(ClientMethod)
        case tune(Tuning)
        case opened
        case blocked(reason: String)
        case unblocked
        /// The connection is over; with `closedLocally` because it was asked to be.
        case end(AMQPError)
    }

    static let leastFrameMax: UInt32 = 4_096
    private static let wishedFrameMax: UInt32 = 131_072
    private static let wishedChannelMax: UInt16 = 2_047

    private(set) var phase = Phase.awaitingStart
    private let configuration: AMQPConfiguration

    init(_ configuration: AMQPConfiguration) { self.configuration = configuration }

    mutating func received(_ method: ServerMethod) -> [Action] {
        switch (phase, method) {
        case (.over, _): return []
        case (.closing, .connectionCloseOk): return end(closedLocally)
        case (.closing, .connectionClose): return [.send(.connectionCloseOk)] + end(closedLocally)
        case (.closing, _): return []
        case (_, .connectionClose(let reason)):
            return [.send(.connectionCloseOk)] + end(meaning(of: reason))
        case (.awaitingStart, .start(let mechanisms)): return authenticate(mechanisms)
        case (.awaitingTune, .tune(let offer)): return tune(offer)
        case (.awaitingOpenOk, .openOk):
            phase = .open
            return [.opened]
        case (.open, .blocked(let reason)): return [.blocked(reason: reason)]
        case (.open, .unblocked): return [.unblocked]
        default:
            return end(
                AMQPError(
                    .protocolViolation,
                    "the broker sent a method of the connection that has no place here"
                )
            )
        }
    }

    /// Says good-bye; before the connection is open there is nobody to say it to.
    mutating func close() -> [Action] {
        switch phase {
        case .open:
            phase = .closing
            return [.send(.connectionClose(text: "done"))]
        case .awaitingStart, .awaitingTune, .awaitingOpenOk: return end(closedLocally)
        case .closing, .over: return []
        }
    }

    /// The socket is gone.
    mutating func transportClosed(_ error: AMQPError) -> [Action] {
        switch phase {
        case .over: []
        case .closing: end(closedLocally)
        case .awaitingTune where error.code == .connection(.closedByPeer):
            // How brokers refuse a password when they do not say so.
            end(
                AMQPError(
                    .authentication,
                    "the broker hung up on user \(configuration.user): check user and password"
                )
            )
        default: end(error)
        }
    }

    /// The time for the handshake, or for the answer to the good-bye, has passed.
    mutating func deadlinePassed() -> [Action] {
        switch phase {
        case .open, .over: []
        case .closing: end(closedLocally)
        case .awaitingStart, .awaitingTune, .awaitingOpenOk:
            end(
                AMQPError(
                    .timedOut,
                    "\(configuration.endpoint) accepted the connection but did not open it in time"
                )
            )
        }
    }

    /// This side found a reason to give up.
    mutating func failed(_ error: AMQPError) -> [Action] {
        phase == .over ? [] : end(error)
    }

    private mutating func end(_ error: AMQPError) -> [Action] {
        phase = .over
        return [.end(error)]
    }

    private var closedLocally: AMQPError {
        AMQPError(.closedLocally, "the connection to \(configuration.endpoint) was closed here")
    }

    // MARK: Handshake

    private mutating func authenticate(_ mechanisms: String) -> [Action] {
        guard mechanisms.split(separator: " ").contains("PLAIN") else {
            return end(
                AMQPError(
                    .authentication,
                    "the broker takes no password (PLAIN), it offers \(mechanisms)"
                )
            )
        }
        phase = .awaitingTune
        var properties: AMQPTable = [
            "product": "CacheWorker", "platform": "Swift",
            "capabilities": .table([
                "authentication_failure_close": true, "basic.nack": true,
                "connection.blocked": true, "consumer_cancel_notify": true,
                "publisher_confirms": true,
            ]),
        ]
        properties["connection_name"] = configuration.connectionName.map { .string($0) }
        let login = [0] + configuration.user.utf8 + [0] + configuration.password.revealed.utf8
        return [.send(.startOk(properties: properties, response: login))]
    }

    private mutating func tune(_ offer: Tuning) -> [Action] {
        let tuning = Tuning(
            channelMax: Self.lesser(offer.channelMax, Self.wishedChannelMax),
            frameMax: Self.lesser(offer.frameMax, Self.wishedFrameMax),
            heartbeatSeconds: heartbeat(offer.heartbeatSeconds)
        )
        guard tuning.frameMax >= Self.leastFrameMax else {
            return end(
                AMQPError(
                    .protocolViolation,
                    "the broker allows frames of \(tuning.frameMax) bytes, AMQP wants 4096 at least"
                )
            )
        }
        phase = .awaitingOpenOk
        return [
            .send(.tuneOk(tuning)), .tune(tuning),
            .send(.open(virtualHost: configuration.virtualHost)),
        ]
    }

    /// The smaller of two limits, of which 0 is none.
    private static func lesser<T: FixedWidthInteger>(_ offer: T, _ wish: T) -> T {
        offer == 0 ? wish : min(offer, wish)
    }

    private func heartbeat(_ offer: UInt16) -> UInt16 {
        let wish = UInt16(clamping: configuration.heartbeat.components.seconds)
        return wish == 0 ? 0 : Self.lesser(offer, wish)
    }

    private func meaning(of reason: ServerMethod.CloseReason) -> AMQPError {
        let error = reason.error
        guard phase == .awaitingTune, error.code == .accessRefused else { return error }
        return AMQPError(
            .authentication,
            "\(error.message) (user \(configuration.user): check user and password)"
        )
    }
}
