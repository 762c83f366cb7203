/// When to send a heartbeat and when to give the peer up, asked four times in each interval.
struct HeartbeatState {
    static let ticksPerInterval = 4

    /// Nil when heartbeats are off.
    let interval: Duration?
    private var ticksSinceSent = 0

    init(seconds: UInt16) {
        interval = seconds == 0 ? nil : .seconds(Int(seconds))
    }

    /// The time between two calls of `tick`.
    var tick: Duration? { interval.map { $0 / Self.ticksPerInterval } }

    /// Something was written, which says as much as a heartbeat.
    mutating func sent() { ticksSinceSent = 0 }

    enum Verdict {
        case fine
        case heartbeatDue
        case peerIsDead
    }

    /// What to do now, after so long a time in which nothing has arrived.
    mutating func tick(silence: Duration) -> Verdict {
        guard let interval else { return .fine }
        if silence >= interval * 2 { return .peerIsDead }
        ticksSinceSent += 1
        guard ticksSinceSent >= Self.ticksPerInterval / 2 else { return .fine }
        ticksSinceSent = 0
        return .heartbeatDue
    }
}
