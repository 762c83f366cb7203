/// The schedule as a beat uses it: what decides is one step each, on the clock of the server.
///
/// Any number of beats may use it at the same time.
public protocol BeatStore: ScheduleStore {
    /// Puts the entries of this process's file and of the program in, and takes those out that no
    /// living process has any more.
    ///
    /// A file goes before a dynamic entry of the same name. Where the files of two processes
    /// differ, the one that was read last counts; `installation.number` tells, once it is known.
    func install(_ installation: Installation) async throws(ScheduleError) -> InstallReceipt

    /// What is due, at most so many entries, and when the next one will be.
    ///
    /// Shows that this process lives, and how far its clock is from the server's.
    func look(_ glance: Glance) async throws(ScheduleError) -> ScheduleSight

    /// Fires what is claimed, unless somebody else has: each claim holds only while its entry is
    /// as it was looked at, and not before its last instant has come.
    /// - Returns: One answer for each claim.
    func claim(_ claims: [ScheduleClaim]) async throws(ScheduleError) -> [ScheduleClaim.Answer]

    /// Puts off entries that this process cannot read, so that they do not stand in the way of
    /// others; another process may fire them meanwhile.
    func postpone(
        _ names: [String],
        by pause: Duration
    ) async throws(ScheduleError)

    /// Notes what became of the events of firings, and fires what waits for that.
    func report(_ reports: [RunReport]) async throws(ScheduleError)

    /// Forgets runs whose instant is so long ago, in bounded steps; the last one of each entry
    /// stays, and twice does no harm.
    /// - Returns: How many went.
    func trimHistory(olderThan age: Duration) async throws(ScheduleError) -> Int

    /// Events for the broker that nobody is publishing; they are this process's for so long.
    func takeOutgoing(
        limit: Int,
        for lease: Duration
    ) async throws(ScheduleError) -> [OutgoingEvent]

    /// Lets others take events that this process has not published.
    func giveBackOutgoing(_ ids: [String]) async throws(ScheduleError)

    /// Forgets events that the broker has confirmed.
    func removeOutgoing(_ ids: [String]) async throws(ScheduleError)
}

/// An event on its way to the broker.
public struct OutgoingEvent: Sendable, Equatable {
    /// The id of the event.
    public var id: String
    /// The event in structured mode.
    public var event: [UInt8]

    /// An event from its parts.
    public init(id: String, event: [UInt8]) {
        self.id = id
        self.event = event
    }
}

/// What became of the event of a firing.
public struct RunReport: Sendable, Equatable {
    /// The firing.
    public var firing: FiringIdentity
    /// A word of ``Outcome``.
    public var outcome: String
    /// Whether the event is settled for good.
    public var isFinal: Bool

    /// A report from its parts.
    public init(firing: FiringIdentity, outcome: String, isFinal: Bool) {
        self.firing = firing
        self.outcome = outcome
        self.isFinal = isFinal
    }
}

extension RunReport {
    /// What a settled delivery says about a firing; nil when it says nothing, or was nobody's.
    public init?(eventID: String?, _ outcome: Outcome) {
        guard let eventID, let firing = FiringIdentity(eventID: eventID) else { return nil }
        switch outcome {
        case .snooze, .pause, .handedBack: return nil
        case .retry: self.init(firing: firing, outcome: outcome.word, isFinal: false)
        case .done, .expired, .superseded, .duplicate, .deadLetter:
            self.init(firing: firing, outcome: outcome.word, isFinal: true)
        }
    }
}

extension Outcome {
    /// The word of an outcome after which the event comes again.
    static let retryWord = "retry"
}
