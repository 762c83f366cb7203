import Synchronization
public import Telemetry

/// How a follower is seen from outside.
extension CoherenceFollower {
    /// What a follower has been through.
    public struct Statistics: Sendable, Hashable {
        /// How often the subscription was made.
        public var subscriptions = 0
        /// How often nothing could be trusted any more, and why.
        public var distrusts: [CoherenceTracker.DistrustReason: Int] = [:]
        /// What came over the channel and was no message.
        public var unreadableMessages = 0
    }

    /// The last message applied.
    public var applied: LogPosition {
        state.withLock { $0.reader.applied } ?? .start
    }

    /// How long nothing has been heard.
    public var silence: Duration { state.withLock { $0.reader.lastHeard.duration(to: now()) } }

    /// How long ago the last own canary that was heard had been sent; nil when none was since the
    /// subscription.
    public var canaryAge: Duration? {
        state.withLock { $0.reader.canaryProof?.duration(to: now()) }
    }

    /// How long copies may be served from now on, if nothing more is heard.
    public var leaseRest: Duration {
        state.withLock { $0.reader.servesUntil.map { max(.zero, now().duration(to: $0)) } ?? .zero }
    }

    /// What it has been through.
    public var statistics: Statistics { state.withLock { $0.reader.statistics } }

    /// Whether another process had the name of this one before, so that this one has to end.
    public var hasToYield: Bool { state.withLock { $0.reader.hasToYield } }

    /// Whether the local tier may answer at this moment.
    public var isFollowing: Bool { gate.isOpen(at: now()) }

    /// Why the local tier may not answer at this moment, for people; nil when it may.
    public var problem: String? {
        let now = now()
        if gate.isOpen(at: now) { return nil }
        let (standing, silence) = state.withLock {
            ($0.reader.standing(at: now), $0.reader.lastHeard.duration(to: now))
        }
        return switch standing {
        case .deaf: "the log is not followed: there is no subscription"
        case .behind: "the log is not followed: its journal has not been read to the end"
        case .unheard:
            "own messages are not heard: it may listen to another server than it writes to"
        case .silent: "the log is not followed: nothing has been heard for \(silence.inWords)"
        case .storeUnseen: "the server of the data does not say whether it is still the same"
        }
    }

    /// The last message of which it has heard, applied or not.
    public var known: LogPosition { state.withLock { $0.reader.known } ?? .start }

    /// How often what happened to it.
    public var counts: Counts { state.withLock { $0.account.counts } }

    /// The seconds from the publication of changes until they were applied here.
    ///
    /// None is told before a canary has shown that the clock of the server was right meanwhile.
    public var lags: Distribution { state.withLock { $0.account.lag.lags } }

    /// What it did lately that concerns the key, which has these tags, for people: a line for each.
    func trace(of key: String, _ tags: [String]) -> [String] {
        let now = now()
        return state.withLock { $0.trace.lines(about: key, tags, at: now) }
    }
}

extension Duration {
    /// Seconds with one digit behind the point.
    fileprivate var inWords: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
