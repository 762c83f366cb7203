/// Decides what a reader of the coherence log does with what it hears.
///
/// A pure state machine: signals and journal pages in, actions out. The order of a node's life:
///
///     deaf ── subscribed ──▶ catching up ── journal read ──▶ following
///       ▲                        ▲                             │
///       └──────── lost ──────────┴───── a sequence skipped ────┘
///
/// Messages that arrive while it is catching up wait, since the journal has what comes before them.
///
/// Every reading of the journal begins with the message that was applied last, which must be there
/// to the byte: it is the proof that the log still is the same log. Who starts afresh has no such
/// message yet, so it reads once more to get it.
public struct CoherenceTracker: Sendable, Hashable {
    /// What has to be done, in this order.
    public enum Action: Sendable, Equatable {
        /// Forget what the message names.
        case apply(Announcement, at: LogPosition)
        /// A canary was heard.
        case heard(canary: String)
        /// Forget what may have come about after this position: the log may have lost that.
        case forgetAhead(of: LogPosition)
        /// Trust nothing that is held: what changed can no longer be told.
        case distrustEverything(DistrustReason)
        /// Read the journal as the query says and hand the page to `journalRead`.
        case readJournal(JournalQuery)
        /// The last message applied is the last there is: the local tier may answer again.
        case caughtUp
        /// The local tier must not answer.
        case fellBehind
    }

    /// A question to the journal; the next one makes its answer worthless.
    public struct JournalQuery: Sendable, Hashable {
        /// The first message to read.
        public let sequence: UInt64
        /// Tells it from earlier ones about the same place.
        let number: Int
    }

    /// Why nothing that is held can be trusted any more.
    public enum DistrustReason: String, Sendable, Equatable, CaseIterable {
        /// The first subscription of this process: whatever is held was never announced.
        case firstSubscription
        /// The log goes on under another epoch, or its end was lost.
        case rolledBack
        /// The journal no longer has the messages that were missed.
        case journalTrimmed
        /// A message could not be read, so what it named is unknown.
        case unreadableMessage
    }

    /// More waiting messages than this are dropped, since the journal has them too.
    static let maxWaiting = 10_000

    /// The last message applied.
    public private(set) var applied: LogPosition?
    /// The bytes of that message; nil where the journal did not have it.
    private var proof: ArraySlice<UInt8>?
    /// Why it started afresh, until the journal was read for the proof.
    private var unprovenReason: DistrustReason?
    private var phase = Phase.deaf
    private var waiting: [ArraySlice<UInt8>] = []
    /// What the subscription brought last, applied or not: a channel never goes back.
    private var lastHeard: LogPosition?
    private var queryCount = 0

    private enum Phase: Hashable {
        /// Not subscribed.
        case deaf
        /// Subscribed; the answer to the query is awaited.
        case catchingUp(JournalQuery, isAfresh: Bool)
        /// Every message up to `applied` has been applied, and the next ones are heard.
        case following
    }

    /// A tracker that has heard nothing.
    public init() {}

    /// The subscription stands: reads the journal before anything else.
    public mutating func subscribed() -> [Action] {
        waiting.removeAll()
        lastHeard = nil
        return catchUpWithDoubt()
    }

    /// The subscription is gone.
    public mutating func lost() -> [Action] {
        phase = .deaf
        waiting.removeAll()
        return [.fellBehind]
    }

    /// A message was heard.
    public mutating func heard(_ bytes: ArraySlice<UInt8>) -> [Action] {
        switch phase {
        case .deaf:
            return []
        case .catchingUp:
            if waiting.count < Self.maxWaiting { waiting.append(bytes) }
            return []
        case .following:
            return follow(bytes)
        }
    }

    /// Whether the answer to the query is still wanted.
    public func awaits(_ query: JournalQuery) -> Bool {
        if case .catchingUp(query, _) = phase { true } else { false }
    }

    /// The journal was read as `query` says; `last` is the log's position when the read began.
    public mutating func journalRead(
        _ page: [ArraySlice<UInt8>],
        last: LogPosition,
        for query: JournalQuery
    ) -> [Action] {
        // An answer from before the present subscription may be about another life of the log.
        guard case .catchingUp(query, let isAfresh) = phase else { return [] }
        guard applied != nil else { return startAfresh(.firstSubscription, at: last) }
        var actions: [Action] = []
        if let reason = replay(page, last, isAfresh: isAfresh, &actions) {
            return actions + startAfresh(reason, at: last)
        }
        guard nextSequence > last.sequence else { return actions + [ask(isAfresh: false)] }
        phase = .following
        actions.append(.caughtUp)
        let heard = waiting
        waiting.removeAll()
        for bytes in heard { actions += self.heard(bytes) }
        return actions
    }

    // MARK: Catching up

    private var nextSequence: UInt64 { (applied?.sequence ?? 0) + 1 }

    private mutating func catchUp() -> [Action] { [.fellBehind, ask(isAfresh: false)] }

    /// The log may have lost its end since it was heard last.
    private mutating func catchUpWithDoubt() -> [Action] {
        guard let applied else { return catchUp() }
        return catchUp() + [.forgetAhead(of: applied)]
    }

    private mutating func ask(isAfresh: Bool) -> Action {
        queryCount += 1
        let query = JournalQuery(sequence: applied?.sequence ?? 0, number: queryCount)
        phase = .catchingUp(query, isAfresh: isAfresh)
        return .readJournal(query)
    }

    /// Gives up what is held and goes on from `position`.
    private mutating func startAfresh(
        _ reason: DistrustReason,
        at position: LogPosition
    ) -> [Action] {
        applied = position
        proof = nil
        unprovenReason = reason
        return [.distrustEverything(reason), ask(isAfresh: true)]
    }

    /// Applies the page, or says why nothing that is held can be trusted any more.
    private mutating func replay(
        _ page: [ArraySlice<UInt8>],
        _ last: LogPosition,
        isAfresh: Bool,
        _ actions: inout [Action]
    ) -> DistrustReason? {
        guard let start = applied else { return .firstSubscription }
        guard last.epoch == start.epoch || start.sequence == 0, last.sequence >= start.sequence
        else { return .rolledBack }
        var rest = page[...]
        if start.sequence > 0 {
            let hasStart = page.first.map { (sequence(of: $0) ?? start.sequence) == start.sequence }
            if isAfresh {
                if hasStart == true { proof = rest.removeFirst() }
            } else {
                guard let proof else { return unprovenReason ?? .journalTrimmed }
                guard hasStart == true else { return .journalTrimmed }
                guard rest.removeFirst() == proof else { return .rolledBack }
            }
        }
        unprovenReason = nil
        for bytes in rest {
            guard let message = try? CoherenceMessage(parsing: bytes) else {
                return .unreadableMessage
            }
            guard message.position.sequence == nextSequence else { return .journalTrimmed }
            guard isOfThisLife(message.position) else { return .rolledBack }
            actions.append(take(message, bytes))
        }
        return actions.isEmpty && nextSequence <= last.sequence ? .journalTrimmed : nil
    }

    private func sequence(of bytes: ArraySlice<UInt8>) -> UInt64? {
        try? CoherenceMessage(parsing: bytes).position.sequence
    }

    // MARK: Following

    private mutating func follow(_ bytes: ArraySlice<UInt8>) -> [Action] {
        // Whether what cannot be read is a message at all, only the journal tells.
        guard let message = try? CoherenceMessage(parsing: bytes) else { return catchUp() }
        let position = message.position
        let isHeartbeat = message.announcement.isEmpty
        let hasGoneBack = hasGoneBack(to: position, isHeartbeat: isHeartbeat)
        lastHeard = position
        guard isOfThisLife(position), !hasGoneBack else { return catchUpWithDoubt() }
        if isHeartbeat {
            let canary = message.canary.map { [Action.heard(canary: $0)] } ?? []
            return canary + (position.sequence >= nextSequence ? catchUp() : [])
        }
        if position.sequence < nextSequence { return [] }
        // The journal has the message that skipped others, too.
        guard position.sequence == nextSequence else { return catchUp() }
        return [take(message, bytes)]
    }

    /// The first message of a log names its epoch.
    private func isOfThisLife(_ position: LogPosition) -> Bool {
        position.epoch == applied?.epoch || applied?.sequence == 0
    }

    /// Whether the subscription repeats itself: a server that was rolled back may keep it alive.
    private func hasGoneBack(to position: LogPosition, isHeartbeat: Bool) -> Bool {
        guard let lastHeard, lastHeard.epoch == position.epoch else { return false }
        return position.sequence < lastHeard.sequence
            || (position.sequence == lastHeard.sequence && !isHeartbeat)
    }

    private mutating func take(_ message: CoherenceMessage, _ bytes: ArraySlice<UInt8>) -> Action {
        applied = message.position
        proof = ArraySlice(Array(bytes))
        return .apply(message.announcement, at: message.position)
    }
}
