public import Codecs

/// Sessions and their messages, kept for good.
///
/// Every call is one step: it is done wholly or not at all. Calls may come from any number of
/// tasks and processes at the same time.
public protocol SessionRepository: Sendable {
    /// Begins a session.
    func create(_ draft: SessionDraft) async throws(SessionError) -> AgentSession

    /// The session; nil when there is none.
    func session(_ id: SessionID) async throws(SessionError) -> AgentSession?

    /// The session with all its messages; nil when there is none.
    func transcript(of id: SessionID) async throws(SessionError) -> Transcript?

    /// The sessions of a user, those that changed last first.
    func sessions(
        ofUser userID: String,
        activeOnly: Bool,
        limit: Int
    ) async throws(SessionError) -> [AgentSession]

    /// Adds a message at the end; the session is as good as new, and is told to be long when it
    /// has more messages than the policy wants.
    func add(
        _ message: MessageDraft,
        to id: SessionID
    ) async throws(SessionError) -> SessionMessage

    /// Gives variables of the context new values; others stay.
    func updateContext(
        of id: SessionID,
        with changes: JSONObjectText
    ) async throws(SessionError) -> AgentSession

    /// Marks the active sessions that have expired as completed, in bounded steps, and returns how
    /// many that were.
    func completeExpired() async throws(SessionError) -> Int

    /// Counts what a user has.
    func statistics(ofUser userID: String) async throws(SessionError) -> SessionStatistics

    /// A page of the sessions of a user, those that changed last first; pages count from 1.
    func page(
        _ number: Int,
        size: Int,
        ofUser userID: String
    ) async throws(SessionError) -> SessionPage

    /// The sessions of a user with the text in their title or in a message, in any case, those
    /// that changed last first.
    ///
    /// `%` and `_` are letters like others. An empty text is in nothing.
    func search(
        _ text: String,
        ofUser userID: String,
        limit: Int
    ) async throws(SessionError) -> [AgentSession]

    /// Gives sessions another status, and returns how many of them there were.
    func setStatus(
        _ status: AgentSession.Status,
        of ids: [SessionID]
    ) async throws(SessionError) -> Int
}

extension SessionRepository {
    /// Up to 50 sessions of a user that go on, those that changed last first.
    public func sessions(ofUser userID: String) async throws(SessionError) -> [AgentSession] {
        try await sessions(ofUser: userID, activeOnly: true, limit: 50)
    }

    /// Up to 20 sessions of a user with the text in their title or in a message.
    public func search(
        _ text: String,
        ofUser userID: String
    ) async throws(SessionError) -> [AgentSession] {
        try await search(text, ofUser: userID, limit: 20)
    }
}

/// What a user has.
public struct SessionStatistics: Sendable, Equatable {
    /// Sessions in all.
    public let totalSessions: Int
    /// Those that go on.
    public let activeSessions: Int
    /// Messages in all.
    public let totalMessages: Int

    /// Statistics from their parts.
    public init(totalSessions: Int, activeSessions: Int, totalMessages: Int) {
        self.totalSessions = totalSessions
        self.activeSessions = activeSessions
        self.totalMessages = totalMessages
    }

    /// 0 where there is no session.
    public var averageMessagesPerSession: Double {
        totalSessions == 0 ? 0 : Double(totalMessages) / Double(totalSessions)
    }
}

/// Some of the sessions of a user, and where they stand among all.
public struct SessionPage: Sendable, Equatable {
    /// The sessions, in order.
    public let sessions: [AgentSession]
    /// Which page it is, from 1 on.
    public let number: Int
    /// How many sessions a page has; the last one may have fewer.
    public let size: Int
    /// How many sessions there are in all.
    public let totalSessions: Int

    /// A page from its parts.
    public init(sessions: [AgentSession], number: Int, size: Int, totalSessions: Int) {
        self.sessions = sessions
        self.number = number
        self.size = size
        self.totalSessions = totalSessions
    }

    /// How many pages there are; none where there is no session.
    public var totalPages: Int { (totalSessions + size - 1) / size }
}
