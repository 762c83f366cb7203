/// Decides what a reader of the coherence log does with what it hears.
///
/// A pure state machine: signals and journal pages in, actions out. The order of a node's life:
///
///     deaf ── subscribed ──▶ catching up ── journal read ──▶ following
///       ▲                        ▲                             │
///       └──────── lost ──────────┴───── a sequence skipped ────┘
///
/// Messages that arrive while it is catching up wait, since the journal has what comes before them.
public struct CoherenceTracker: Sendable {
    /// What has to be done, in this order.
    public enum Action: Sendable, Equatable {
        /// Forget what the message names.
        case apply(Announcement, at: LogPosition)
        /// Forget everything: what changed can no longer be told.
        case forgetEverything(ForgetReason)
        /// Read the journal from this sequence on and hand the page to `journalRead`.
        case readJournal(from: UInt64)
        /// The last message applied is the last there is: the local tier may answer again.
        case caughtUp
        /// The local tier must not answer.
        case fellBehind
    }

    /// Why a tier had to be emptied.
    public enum ForgetReason: String, Sendable, Equatable {
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

    /// The last message applied, and its bytes: the proof that the log still is the same log.
    public private(set) var applied: (position: LogPosition, message: ArraySlice<UInt8>)?
    private var phase = Phase.deaf
    private var waiting: [ArraySlice<UInt8>] = []

    private enum Phase {
        /// Not subscribed.
        case deaf
        /// Subscribed; the journal is being read.
        case catchingUp
        /// Every message up to `applied` has been applied, and the next ones are heard.
        case following
    }

    /// A tracker that has heard nothing.
    public init() {}

    /// The subscription stands: reads the journal before anything else.
    public mutating func subscribed() -> [Action] {
        waiting.removeAll()
        return catchUp()
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

    /// The journal was read, from the sequence that was asked for; `last` is the log's position
    /// when the read began.
    public mutating func journalRead(
        _ page: [ArraySlice<UInt8>],
        last: LogPosition
    ) -> [Action] {
        guard phase == .catchingUp else { return [] }
        var actions =
            applied == nil ? startAfresh(.firstSubscription, at: last) : replay(page, last)
        if let applied, applied.position.sequence < last.sequence {
            return actions + [.readJournal(from: applied.position.sequence)]
        }
        phase = .following
        actions.append(.caughtUp)
        let heard = waiting
        waiting.removeAll()
        for bytes in heard { actions += self.heard(bytes) }
        return actions
    }

    // MARK: Catching up

    private mutating func catchUp() -> [Action] {
        phase = .catchingUp
        return [.fellBehind, .readJournal(from: applied?.position.sequence ?? 0)]
    }

    /// Gives up what is held and goes on from `position`.
    private mutating func startAfresh(
        _ reason: ForgetReason,
        at position: LogPosition
    ) -> [Action] {
        applied = (position, [])
        return [.forgetEverything(reason)]
    }

    private mutating func replay(_ page: [ArraySlice<UInt8>], _ last: LogPosition) -> [Action] {
        guard let start = applied else { return [] }
        guard last.epoch == start.position.epoch || start.position.sequence == 0,
            last.sequence >= start.position.sequence
        else { return startAfresh(.rolledBack, at: last) }
        var actions: [Action] = []
        for bytes in page {
            guard let message = try? CoherenceMessage(parsing: bytes) else {
                return actions + startAfresh(.unreadableMessage, at: last)
            }
            let sequence = message.position.sequence
            if sequence < start.position.sequence { continue }
            if sequence == start.position.sequence {
                // The message that was applied last must still be there, to the byte.
                let isSame = start.message.isEmpty || start.message == bytes
                guard isSame else { return startAfresh(.rolledBack, at: last) }
                continue
            }
            guard sequence == nextSequence else {
                return actions + startAfresh(.journalTrimmed, at: last)
            }
            actions.append(take(message, bytes))
        }
        if actions.isEmpty, nextSequence <= last.sequence {
            return startAfresh(.journalTrimmed, at: last)
        }
        return actions
    }

    // MARK: Following

    private var nextSequence: UInt64 { (applied?.position.sequence ?? 0) + 1 }

    private mutating func follow(_ bytes: ArraySlice<UInt8>) -> [Action] {
        guard let message = try? CoherenceMessage(parsing: bytes) else {
            return [.forgetEverything(.unreadableMessage)]
        }
        let position = message.position
        let isNewLife = applied?.position.sequence == 0 && position.sequence == 1
        guard position.epoch == applied?.position.epoch || isNewLife else { return catchUp() }
        if message.announcement.isEmpty {
            return position.sequence >= nextSequence ? catchUp() : []
        }
        if position.sequence < nextSequence { return [] }
        guard position.sequence == nextSequence else {
            waiting.append(bytes)
            return catchUp()
        }
        return [take(message, bytes)]
    }

    private mutating func take(_ message: CoherenceMessage, _ bytes: ArraySlice<UInt8>) -> Action {
        applied = (message.position, ArraySlice(Array(bytes)))
        return .apply(message.announcement, at: message.position)
    }
}
