/// A reader of the coherence log: what it has applied, and until when copies may be served.
///
/// A pure state machine over the tracker, the canary and the lease: signals, journal pages and the
/// time in, effects out. The network, the tier and the clock are its owner's.
struct CoherenceReader: Sendable, Hashable {
    /// What the owner has to do, in this order, before it looks at `servesUntil`.
    enum Effect: Sendable, Equatable {
        /// Forget what the message names.
        case forget(Announcement, at: LogPosition)
        /// Note that what the last message named had changed then, by the clock of the server.
        case noteLag(publishedAt: Duration)
        /// Note that an own canary came back, which was published then, by the clock of the server.
        case noteClock(publishedAt: Duration, sentAt: ContinuousClock.Instant)
        /// Forget what may have come about after this position.
        case forgetAhead(of: LogPosition)
        /// Trust nothing that is held.
        case distrustEverything(CoherenceTracker.DistrustReason)
        /// Trust no answer of the store that comes from now on, nor an own change.
        case doubtAnswers
        /// Trust them again; those that are on their way stay doubtful.
        case trustAnswers
        /// Read the journal as the query says and hand the page to `journalRead`.
        case readJournal(CoherenceTracker.JournalQuery)
        /// Send a heartbeat with a canary at once.
        case sendHeartbeat
        /// End: another process had the name of this one before.
        case yieldName
    }

    private let timing: CoherenceFollower.Timing
    private(set) var tracker = CoherenceTracker()
    private(set) var canary: CanaryWatch
    private var name: NameWatch
    private(set) var isCaughtUp = false
    /// Whether the journal was read where messages are heard, as a canary has shown before.
    private(set) var isReadHere = false
    /// When something was heard last; before that, when it began.
    private(set) var lastHeard: ContinuousClock.Instant
    /// Whether what comes has not been held up on its way, as far as is known.
    private(set) var isPrompt = false
    /// What it has been through.
    private(set) var statistics = CoherenceFollower.Statistics()
    /// Whether another process had the name of this one before.
    private(set) var hasToYield = false
    /// Until then the log is followed; nil while it is not.
    private(set) var followsUntil: ContinuousClock.Instant?
    /// Of a store that is not on the server of the log; nil where it is.
    private var store: StoreWatch?

    /// A reader that has heard nothing; `token` tells its canaries from all others.
    ///
    /// `node` is the name that it shares with no other process. Where the store is on another
    /// server than the log, no copy is served before that has answered.
    init(
        timing: CoherenceFollower.Timing,
        token: ProcessToken,
        node: String? = nil,
        isStoreElsewhere: Bool = false,
        at now: ContinuousClock.Instant
    ) {
        self.timing = timing
        store = isStoreElsewhere ? StoreWatch() : nil
        name = NameWatch(node: node, token: token)
        canary = CanaryWatch(token: token, interval: timing.canary)
        lastHeard = now
    }

    /// The last message applied.
    var applied: LogPosition? { tracker.applied }

    /// The last message of which it has heard, applied or not.
    var known: LogPosition? {
        guard let heard = tracker.lastHeard else { return applied }
        guard let applied, applied.epoch == heard.epoch else { return heard }
        return applied.sequence < heard.sequence ? heard : applied
    }

    /// Copies may be served before this; nil while they may not.
    var servesUntil: ContinuousClock.Instant? {
        guard let followsUntil, let store else { return followsUntil }
        return store.limit(lease: timing.lease).map { min($0, followsUntil) }
    }

    /// When the last canary that was heard had been sent; nil when none was since it subscribed.
    var canaryProof: ContinuousClock.Instant? { canary.proof }

    /// What copies are not served for.
    enum Standing: Sendable {
        /// Nothing is heard: there is no subscription.
        case deaf
        /// The journal has not been read to its end.
        case behind
        /// All there is was applied, but no own canary has come back in time.
        case unheard
        /// Nothing has been heard for a lease.
        case silent
        /// The store beside the log has not said in which life it is.
        case storeUnseen
    }

    /// What keeps copies from being served, where something does.
    func standing(at now: ContinuousClock.Instant) -> Standing {
        if tracker.isDeaf { return .deaf }
        guard isCaughtUp else { return .behind }
        if canary.isDue(at: now), canary.proof == nil { return .unheard }
        if lastHeard.duration(to: now) >= timing.lease { return .silent }
        if canary.isDue(at: now) { return .unheard }
        return store == nil ? .silent : .storeUnseen
    }

    /// Whether the answer to the query is still wanted.
    func awaits(_ query: CoherenceTracker.JournalQuery) -> Bool { tracker.awaits(query) }

    /// The subscription reported something.
    mutating func hear(
        _ signal: CoherenceSignal,
        at now: ContinuousClock.Instant
    ) -> [Effect] {
        switch signal {
        case .subscribed:
            statistics.subscriptions += 1
            canary.subscribed()
            isPrompt = false
            isReadHere = false
            return take(tracker.subscribed(), knownAt: now) + [.doubtAnswers, .sendHeartbeat]
        case .message(let bytes):
            guard let message = try? CoherenceMessage(parsing: bytes) else {
                statistics.unreadableMessages += 1
                return []
            }
            return hear(message, bytes, at: now)
        case .lost:
            return take(tracker.lost(), knownAt: now)
        }
    }

    /// A message was heard, and these are its bytes.
    mutating func hear(
        _ message: CoherenceMessage,
        _ bytes: ArraySlice<UInt8>,
        at now: ContinuousClock.Instant
    ) -> [Effect] {
        // Messages carry no time. After a silence they may be a pile that was held up, and then
        // only an own canary tells how old they are.
        if lastHeard.duration(to: now) > maxDelay { isPrompt = false }
        lastHeard = now
        if let sent = message.canary.flatMap(canary.sending) {
            isPrompt = sent.duration(to: now) <= maxDelay
        }
        var effects = clockNote(message) + take(tracker.heard(message, bytes), knownAt: now)
        if isPrompt {
            serve(knownAt: now)
        } else if canary.lastSent.map({ $0.duration(to: now) >= timing.heartbeat }) ?? true {
            effects.append(.sendHeartbeat)
        }
        guard let canary = message.canary else { return effects }
        switch name.heard(canary, from: message.node) {
        case .other: break
        case .speak: effects.append(.sendHeartbeat)
        case .yield where !hasToYield:
            hasToYield = true
            effects.append(.yieldName)
        case .yield: break
        }
        return effects
    }

    private func clockNote(_ message: CoherenceMessage) -> [Effect] {
        guard let publishedAt = message.publishedAt,
            let sentAt = message.canary.flatMap(canary.sending)
        else { return [] }
        return [.noteClock(publishedAt: publishedAt, sentAt: sentAt)]
    }

    /// A channel on which nothing came for longer may have held something up.
    private var maxDelay: Duration { min(timing.heartbeat * 2, timing.lease) }

    /// The journal was read as `query` says; `last` is the position when the read began, which
    /// was not before `start`: the process may have been stopped since.
    mutating func journalRead(
        _ page: [ArraySlice<UInt8>],
        last: LogPosition,
        for query: CoherenceTracker.JournalQuery,
        begunAt start: ContinuousClock.Instant
    ) -> [Effect] {
        // What came about after the last message applied may be of a server whose end was lost,
        // while the one that answers gives its numbers away again: an own change must not be taken
        // for that of the message of its number.
        let ahead = awaits(query) ? applied.map { [Effect.forgetAhead(of: $0)] } ?? [] : []
        return ahead + take(tracker.journalRead(page, last: last, for: query), knownAt: start)
    }

    /// The store said in which life it is, asked at `start`.
    mutating func storeAnswered(
        _ life: String,
        askedAt start: ContinuousClock.Instant
    ) -> [Effect] {
        switch store?.answered(life, askedAt: start) {
        case nil, .same: return []
        case .first: return [.distrustEverything(.storeChanged)]
        case .other:
            statistics.distrusts[.storeChanged, default: 0] += 1
            return [.distrustEverything(.storeChanged)]
        }
    }

    /// How long a heartbeat may wait, if nothing is heard before: nil when it is to be sent now.
    ///
    /// One heartbeat serves all readers, so each has a `patience` of its own and stays silent when
    /// somebody else was faster.
    func heartbeatPause(
        patience: Duration,
        at now: ContinuousClock.Instant
    ) -> Duration? {
        let silence = lastHeard.duration(to: now)
        return silence >= patience || canary.isDue(at: now) ? nil : patience - silence
    }

    /// The canary of a heartbeat that is sent now.
    mutating func nextCanary(at now: ContinuousClock.Instant) -> String { canary.next(at: now) }

    private mutating func take(
        _ actions: [CoherenceTracker.Action],
        knownAt: ContinuousClock.Instant
    ) -> [Effect] {
        var effects: [Effect] = []
        for action in actions {
            switch action {
            case .apply(let announcement, let position):
                effects.append(.forget(announcement, at: position))
            case .applied(let publishedAt):
                effects.append(.noteLag(publishedAt: publishedAt))
            case .forgetAhead(let position): effects.append(.forgetAhead(of: position))
            case .distrustEverything(let reason):
                statistics.distrusts[reason, default: 0] += 1
                effects.append(.distrustEverything(reason))
            case .readJournal(let query): effects.append(.readJournal(query))
            case .caughtUp:
                isCaughtUp = true
                isReadHere = canary.proof != nil
                serve(knownAt: knownAt)
            case .heard(let canary):
                if let sent = self.canary.heard(canary) { effects += heardItself(sent) }
            case .fellBehind:
                isCaughtUp = false
                followsUntil = nil
            }
        }
        return effects
    }

    /// It writes to the server that it listens to, since `sent` at the latest.
    ///
    /// Connections move from an old server to a new one, each at its own time. So whatever was read
    /// before the first canary came back may be from a server that was replaced already: it is read
    /// once more.
    private mutating func heardItself(_ sent: ContinuousClock.Instant) -> [Effect] {
        guard !isReadHere else {
            serve(knownAt: sent)
            return []
        }
        return [.trustAnswers] + take(tracker.doubted(), knownAt: sent)
    }

    /// Allows serving for a lease, if this is the log that is followed to its end, and written.
    ///
    /// What was published before `knownAt` has been applied; the canary says so, if nothing else.
    private mutating func serve(knownAt: ContinuousClock.Instant) {
        guard isCaughtUp, isReadHere, let proof = canary.proof else { return }
        let deadline = min(knownAt, proof + timing.canary) + timing.lease
        followsUntil = followsUntil.map { max($0, deadline) } ?? deadline
    }
}
