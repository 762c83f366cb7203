/// Decides what a reader of the coherence log does with what it hears.
///
/// A pure state machine: signals and journal pages in, actions out. The order of a node's life:
///
///     deaf ── subscribed ──▶ catching up ── journal read ──▶ following
///       ▲                        ▲                             │
///       └──────── lost ──────────┴───── a sequence skipped ────┘
///
/// Messages that arrive while it is catching up wait, since the journal has what comes before them.
/// When it asks the journal once more, it has those that wait, too: so however many messages say
/// that something is wrong, there is one question at a time.
///
/// Every reading of the journal begins with the message that was applied last, which must be there
/// to the byte: it is the proof that the log still is the same log. Who starts afresh has no such
/// message yet, so it reads once more to get it.
public struct CoherenceTracker: Sendable, Hashable {
    /// What has to be done, in this order.
    public enum Action: Sendable, Equatable {
        /// Forget what the message names.
        case apply(Announcement, at: LogPosition)
        /// What was applied just now had been published then, by the clock of the server.
        case applied(publishedAt: Duration)
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
        /// A message is of a version that is not known, and so is what it named.
        case unknownVersion
        /// The store, on a server of its own, may have lost what it had.
        case storeChanged
    }

    /// More waiting messages than this are dropped, since the journal has them too.
    static let maxWaiting = 10_000

    /// The last message applied.
    public private(set) var applied: LogPosition?
    /// The bytes of that message; nil where the journal did not have it.
    private(set) var proof: ArraySlice<UInt8>?
    /// Why it started afresh, until the journal was read for the proof.
    private(set) var unprovenReason: DistrustReason?
    private(set) var phase = Phase.deaf
    private(set) var waiting: ArraySlice<Heard> = []
    /// There were too many to wait: the journal has to be asked once more.
    private(set) var hasDropped = false
    /// Canaries that were heard before the journal was asked: with its answer they count.
    private(set) var canaries: [String] = []
    /// What the subscription brought last, applied or not: a channel never goes back.
    private(set) var lastHeard: LogPosition?
    private var queryCount = 0

    /// A message as it came.
    struct Heard: Hashable {
        let message: CoherenceMessage
        let bytes: ArraySlice<UInt8>
        /// Whether the subscription repeats itself: a server that went back may keep it alive.
        let hasGoneBack: Bool
    }

    enum Phase: Hashable {
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
        clear()
        return catchUpWithDoubt()
    }

    /// The subscription is gone.
    public mutating func lost() -> [Action] {
        phase = .deaf
        clear()
        return [.fellBehind]
    }

    /// The journal may have been read elsewhere than messages are heard: it is read once more.
    mutating func doubted() -> [Action] {
        if case .following = phase { catchUp() } else { [] }
    }

    /// Something was heard.
    ///
    /// What is no message says nothing: if it stands in the place of one, the next message, or a
    /// heartbeat, shows that one is missing.
    public mutating func heard(_ bytes: ArraySlice<UInt8>) -> [Action] {
        guard let message = try? CoherenceMessage(parsing: bytes) else { return [] }
        return heard(message, bytes)
    }

    /// A message was heard, and these are its bytes.
    mutating func heard(_ message: CoherenceMessage, _ bytes: ArraySlice<UInt8>) -> [Action] {
        if case .deaf = phase { return [] }
        let heard = Heard(
            message: message,
            bytes: bytes,
            hasGoneBack: hasGoneBack(to: message.position, message.isHeartbeat)
        )
        lastHeard = message.position
        if case .following = phase { return follow(heard) }
        if waiting.count < Self.maxWaiting { waiting.append(heard) } else { hasDropped = true }
        return []
    }

    /// Whether there is no subscription.
    var isDeaf: Bool { if case .deaf = phase { true } else { false } }

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
        guard nextSequence > last.sequence, !hasDropped else {
            return actions + ask(isAfresh: false)
        }
        phase = .following
        actions.append(.caughtUp)
        actions += canaries.map { .heard(canary: $0) }
        canaries.removeAll()
        while case .following = phase, let next = waiting.popFirst() { actions += follow(next) }
        return actions
    }

    // MARK: Catching up

    private var nextSequence: UInt64 { (applied?.sequence ?? 0) + 1 }

    private mutating func clear() {
        waiting.removeAll()
        canaries.removeAll()
        lastHeard = nil
    }

    private mutating func catchUp() -> [Action] { [.fellBehind] + ask(isAfresh: false) }

    /// The log may have lost its end since it was heard last.
    private mutating func catchUpWithDoubt() -> [Action] {
        guard let applied else { return catchUp() }
        return catchUp() + [.forgetAhead(of: applied)]
    }

    /// Asks the journal, which has everything that was heard before.
    private mutating func ask(isAfresh: Bool) -> [Action] {
        queryCount += 1
        let query = JournalQuery(sequence: applied?.sequence ?? 0, number: queryCount)
        phase = .catchingUp(query, isAfresh: isAfresh)
        hasDropped = false
        canaries += waiting.compactMap(\.message.canary)
        let isDoubtful = waiting.contains(where: \.hasGoneBack)
        waiting.removeAll()
        let doubt = isDoubtful ? applied.map { [Action.forgetAhead(of: $0)] } ?? [] : []
        return doubt + [.readJournal(query)]
    }

    /// Gives up what is held and goes on from `position`.
    private mutating func startAfresh(
        _ reason: DistrustReason,
        at position: LogPosition
    ) -> [Action] {
        applied = position
        proof = nil
        unprovenReason = reason
        return [.distrustEverything(reason)] + ask(isAfresh: true)
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
        // Without a counter what is in the journal is of an earlier life.
        if last.sequence == 0 { return nil }
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
            // Behind its counter there may be what an earlier life has left.
            if isAfresh, nextSequence > last.sequence { break }
            guard let message = try? CoherenceMessage(parsing: bytes) else {
                return .unreadableMessage
            }
            guard message.position.sequence == nextSequence else { return .journalTrimmed }
            guard isOfThisLife(message.position) else { return .rolledBack }
            actions += take(message, bytes)
        }
        return actions.isEmpty && nextSequence <= last.sequence ? .journalTrimmed : nil
    }

    private func sequence(of bytes: ArraySlice<UInt8>) -> UInt64? {
        try? CoherenceMessage(parsing: bytes).position.sequence
    }

    // MARK: Following

    private mutating func follow(_ heard: Heard) -> [Action] {
        let (message, position) = (heard.message, heard.message.position)
        guard isOfThisLife(position), !heard.hasGoneBack, !isBehind(heard) else {
            return catchUpWithDoubt()
        }
        if message.isHeartbeat {
            let canary = message.canary.map { [Action.heard(canary: $0)] } ?? []
            return canary + (position.sequence >= nextSequence ? catchUp() : [])
        }
        if position.sequence < nextSequence { return [] }
        // The journal has the message that skipped others, too.
        guard position.sequence == nextSequence else { return catchUp() }
        return take(message, heard.bytes)
    }

    /// Whether the log ends before the last message applied, or has another in its place.
    ///
    /// It may have been so on the way of what was heard only: then the journal says that all is
    /// well. But it may have gone back, and what it had when this was published is all it has.
    private func isBehind(_ heard: Heard) -> Bool {
        let position = heard.message.position
        guard let applied, position.epoch == applied.epoch else { return false }
        if heard.message.isHeartbeat { return position.sequence < applied.sequence }
        return position.sequence == applied.sequence && proof != nil && heard.bytes != proof
    }

    /// The first message of a log names its epoch.
    private func isOfThisLife(_ position: LogPosition) -> Bool {
        position.epoch == applied?.epoch || applied?.sequence == 0
    }

    private func hasGoneBack(to position: LogPosition, _ isHeartbeat: Bool) -> Bool {
        guard let lastHeard, lastHeard.epoch == position.epoch else { return false }
        return position.sequence < lastHeard.sequence
            || (position.sequence == lastHeard.sequence && !isHeartbeat)
    }

    private mutating func take(
        _ message: CoherenceMessage,
        _ bytes: ArraySlice<UInt8>
    ) -> [Action] {
        applied = message.position
        proof = ArraySlice(Array(bytes))
        guard message.isUnderstood else { return [.distrustEverything(.unknownVersion)] }
        let time = message.publishedAt.map { [Action.applied(publishedAt: $0)] } ?? []
        return [.apply(message.announcement, at: message.position)] + time
    }
}
