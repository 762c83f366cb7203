/// Until when copies under watched prefixes may be served: a pure state machine.
///
///     down ── began ──▶ unproven ── canary heard ──▶ serving
///      ▲                   │                           │
///      └──── lost, or no canary for two leases ◀───────┘
///
/// A change that nobody tells of looks like no change. So the watch is proved again and again, by
/// canaries that go the way of the changes. Copies are served for the length of a lease after
/// a canary was sent that has been heard: all that had changed before was told before it. Whenever
/// changes may have been missed, copies from before are not trusted any more.
struct PrefixWatchState: Sendable {
    /// What the owner has to do, in this order, before it looks at `servesUntil`.
    enum Effect: Sendable, Equatable {
        /// Trust nothing under the prefixes that is held or on its way in.
        case distrust
        /// Forget these keys.
        case forget([String])
        /// Forget all that is held under the prefixes.
        case forgetAll
        /// Send this canary, and tell how that went.
        case sendCanary(String)
        /// Give the watch up and begin another one: it may be at the wrong server.
        case beginAnew
    }

    private enum Phase {
        /// Nothing is told; the reason is for people.
        case down(String)
        /// Changes are told since then.
        case told(since: ContinuousClock.Instant)
    }

    private let lease: Duration
    private var canary: CanaryWatch
    private var phase = Phase.down("not begun yet")
    /// Why the last canary could not be sent.
    private var sendFailure: String?
    /// What the last canary was sent over.
    private var connection: UInt64?
    /// The last canary of which it is known how it was sent, and the last that was heard: they
    /// prove something together.
    private var lastSent: String?
    private var lastHeard: String?
    /// What it has been through.
    private(set) var statistics = PrefixWatcher.Statistics()
    /// Copies under the prefixes may be served before this.
    private(set) var servesUntil: ContinuousClock.Instant?

    /// A state in which nothing is watched; `token` tells its canaries from all others.
    init(timing: CoherenceFollower.Timing, token: ProcessToken) {
        lease = timing.lease
        canary = CanaryWatch(token: token, interval: timing.heartbeat)
    }

    /// The watch reported something.
    mutating func hear(
        _ signal: PrefixWatchSignal,
        at now: ContinuousClock.Instant
    ) -> [Effect] {
        switch signal {
        case .began:
            statistics.beginnings += 1
            phase = .told(since: now)
            canary.subscribed()
            servesUntil = nil
            return [.distrust, .sendCanary(canary.next(at: now))]
        case .changed(let keys):
            statistics.changes += keys.count
            return [.forget(keys)]
        case .flushed:
            statistics.flushes += 1
            return [.forgetAll]
        case .canary(let canary):
            lastHeard = canary
            prove()
            return []
        case .lost(let reason):
            return give(up: reason)
        }
    }

    /// An interval has passed.
    mutating func look(at now: ContinuousClock.Instant) -> [Effect] {
        guard case .told(let start) = phase else { return [] }
        // A canary that cannot be sent says nothing about the watch.
        let silence = (canary.proof ?? start).duration(to: now)
        let isUnheard = sendFailure == nil && silence >= lease * 2
        guard isUnheard else { return [.sendCanary(canary.next(at: now))] }
        return give(up: "its canaries are not heard: it may be at another server")
            + [.beginAnew]
    }

    /// A canary was sent, over this connection.
    mutating func sent(_ canary: String, over connection: UInt64) -> [Effect] {
        defer { self.connection = connection }
        sendFailure = nil
        lastSent = canary
        prove()
        // What was read since the last one may come from a server that nobody watched.
        return self.connection == connection ? [] : [.distrust]
    }

    /// A canary could not be sent.
    mutating func sendingFailed(_ reason: String) { sendFailure = reason }

    /// Why copies under the prefixes are not served, for people; nil when they are.
    func problem(at now: ContinuousClock.Instant) -> String? {
        if let servesUntil, now < servesUntil { return nil }
        switch phase {
        case .down(let reason): return reason
        case .told:
            return sendFailure.map { "its canary cannot be sent: \($0)" }
                ?? "its canary has not been heard"
        }
    }

    private mutating func prove() {
        guard case .told = phase, let lastHeard, lastHeard == lastSent else { return }
        canary.heard(lastHeard)
        servesUntil = canary.proof.map { $0 + lease }
    }

    private mutating func give(up reason: String) -> [Effect] {
        if case .told = phase { statistics.losses += 1 }
        phase = .down(reason)
        servesUntil = nil
        return [.distrust]
    }
}
