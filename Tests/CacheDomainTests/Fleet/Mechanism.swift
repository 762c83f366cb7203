/// What a simulated fleet can do without, to show that the check sees it.
enum Mechanism: String, CaseIterable, Sendable {
    /// A value read before a message about it came is not kept.
    case fillToken
    /// The last position is repeated when the log is silent.
    case heartbeat
    /// What was skipped is read from the journal.
    case replay
    /// Nothing is served while the journal is read.
    case suspicion
    /// Nothing is served when nothing was heard for long.
    case lease
    /// Nothing is trusted when the last message applied is not in the journal any more.
    case proof
    /// Nothing is trusted when the journal lacks messages that were missed.
    case trimming
    /// Nothing is trusted that was held before the first subscription.
    case firstSubscription
    /// Nothing is trusted when a message cannot be understood.
    case version
    /// Two messages of one number are never alike, so the proof cannot be mistaken.
    case identity
    /// A subscription that repeats itself tells that the server went back.
    case goingBack
    /// What came about after the last message applied is forgotten with the subscription.
    case ahead
    /// An answer of the journal to an earlier question is worth nothing.
    case queryNumber
    /// Nothing is served by who does not hear itself.
    case canary
    /// Messages that may have been held up prove nothing but by an own canary.
    case promptness
    /// An own change goes at once from the own copies.
    case ownChange
    /// An own value is kept only if nothing newer has come since the write began.
    case writeToken
    /// An own value is kept only where data and log change in one step.
    case oneStep
    /// On two servers a change is announced again when it is made.
    case secondAnnouncement
    /// Nothing is trusted when the server of the data is another one.
    case storeLife
    /// Foreign changes of watched keys are told.
    case watch
    /// Watched keys are served only while the watch is proved by canaries.
    case watchCanary
}

extension Mechanism {
    /// Where it is needed.
    var regime: Regime {
        switch self {
        case .oneStep, .secondAnnouncement, .storeLife: Regime(isSplit: true)
        case .watch, .watchCanary: Regime(isWatched: true)
        case .canary, .promptness: Regime(isUntold: true)
        default: Regime()
        }
    }

    /// What breaks without it.
    var breaks: Set<Invariant> {
        switch self {
        case .fillToken: [.token]
        case .ahead, .firstSubscription: [.token, .bound, .convergence, .removal]
        case .heartbeat: [.detection]
        case .queryNumber: [.economy, .bound, .convergence, .removal, .order]
        default: [.bound, .convergence, .removal, .order]
        }
    }
}
