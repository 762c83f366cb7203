/// What a follower has been through, told by what its reader had it do: a pure value.
struct FollowingAccount: Sendable, Equatable {
    /// What the reader was told.
    enum Cause: Sendable {
        /// The subscription stands, or is gone.
        case subscription
        /// A message was heard.
        case message
        /// The journal was read.
        case journal
        /// The store beside the log has answered.
        case store
    }

    private(set) var counts = CoherenceFollower.Counts()
    /// Messages that were applied and have not told their time yet.
    private var isUntimed = false
    private(set) var lag = LagMeter()

    /// The reader has these effects, of which `before` and `after` are the positions applied.
    mutating func note(
        _ effects: [CoherenceReader.Effect],
        of cause: Cause,
        from before: LogPosition?,
        to after: LogPosition?,
        at now: ContinuousClock.Instant
    ) {
        var (appliedCount, asksJournal, isInDoubt, hearsItself) = (0, false, false, false)
        for effect in effects {
            switch effect {
            case .forget:
                endMessage()
                appliedCount += 1
                isUntimed = true
            case .noteLag(let publishedAt):
                lag.applied(publishedAt: publishedAt, at: now)
                isUntimed = false
            case .noteClock(let publishedAt, let sentAt):
                lag.heardCanary(publishedAt: publishedAt, sentAt: sentAt, at: now)
            case .readJournal: asksJournal = true
            case .forgetAhead: isInDoubt = true
            case .trustAnswers: hearsItself = true
            case .distrustEverything, .doubtAnswers, .sendHeartbeat, .yieldName: break
            }
        }
        endMessage()
        counts.applied += appliedCount
        if cause == .journal, appliedCount > 0 {
            counts.replays += 1
            counts.replayed += appliedCount
        }
        // Who is told of a gap or of a step back by anything else asks the journal anyhow, and so
        // does who hears himself for the first time.
        if cause == .message, asksJournal, !hearsItself {
            if isInDoubt { counts.doubts += 1 } else { counts.gaps += 1 }
        }
        if let before, let after, before.epoch != after.epoch, !before.epoch.isEmpty {
            counts.epochs += 1
        }
        counts.unmeasured = lag.unmeasuredCount
    }

    /// A heartbeat was sent, or could not be.
    mutating func noteHeartbeat(wasSent: Bool) {
        if wasSent { counts.heartbeats += 1 } else { counts.failedHeartbeats += 1 }
    }

    /// The journal could not be read.
    mutating func noteUnreadableJournal() { counts.failedReadings += 1 }

    private mutating func endMessage() {
        if isUntimed { lag.noteUnmeasured() }
        isUntimed = false
    }
}

extension CoherenceFollower {
    /// How often what happened to a follower.
    public struct Counts: Sendable, Equatable {
        /// Messages that were applied.
        public var applied = 0
        /// Messages of which nobody knows how long they took.
        public var unmeasured = 0
        /// Times that a message, or a heartbeat, showed that others had not come.
        public var gaps = 0
        /// Times that the channel went back, or another life of the log was heard.
        public var doubts = 0
        /// Readings of the journal that brought messages to apply.
        public var replays = 0
        /// Messages applied with them: those that had not come, and those that waited meanwhile.
        public var replayed = 0
        /// Readings of the journal that failed.
        public var failedReadings = 0
        /// New lives of the log.
        public var epochs = 0
        /// Heartbeats that were sent.
        public var heartbeats = 0
        /// Heartbeats that could not be sent.
        public var failedHeartbeats = 0
    }
}
