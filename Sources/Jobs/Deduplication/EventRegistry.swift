/// Remembers which events are being done and which were, so that none is done twice.
///
/// It remembers as long as it is told to, and forgets earlier where it has no room: an event may be
/// done twice then, as always where jobs come at least once.
public protocol EventRegistry: Sendable {
    /// Claims events, each for the message that asks for it; one answer for each claim.
    ///
    /// The claims name different events.
    func claim(_ claims: [EventClaim]) async throws(SourceError) -> [EventClaim.Answer]

    /// Says what became of events that were claimed.
    ///
    /// An event that another message has claimed meanwhile stays as it is.
    func settle(_ settlements: [EventSettlement]) async throws(SourceError)
}

/// The wish of a message to do an event.
public struct EventClaim: Sendable, Equatable {
    /// What came of it.
    public enum Answer: Sendable, Equatable {
        /// The event is the message's own until it is settled.
        case granted
        /// The event was done by another message, or at an earlier delivery of this one.
        case duplicate
        /// Another message does it now.
        case taken
    }

    /// What names the event.
    public let event: String
    /// What names the message.
    public let owner: String
    /// Whether a claim of this owner may be one of an earlier delivery that came to nothing.
    public let mayResume: Bool
    /// How long the claim holds if nobody settles it.
    public let lifetime: Duration

    /// A claim from its parts.
    public init(event: String, owner: String, mayResume: Bool, lifetime: Duration) {
        self.event = event
        self.owner = owner
        self.mayResume = mayResume
        self.lifetime = lifetime
    }
}

/// What became of an event that was claimed.
public struct EventSettlement: Sendable, Equatable {
    /// What names the event.
    public let event: String
    /// What names the message that claimed it.
    public let owner: String
    /// How long it counts as done; nil: it was not done, and whoever comes next may claim it.
    public let doneFor: Duration?

    /// A settlement from its parts.
    public init(event: String, owner: String, doneFor: Duration?) {
        self.event = event
        self.owner = owner
        self.doneFor = doneFor
    }
}
