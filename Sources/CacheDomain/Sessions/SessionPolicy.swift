public import Telemetry

/// What an operator decides about sessions, and what follows from it.
public struct SessionPolicy: Sendable, Equatable {
    /// With more messages than this a session is told to be long; messages are still added.
    public var maxMessages: Int
    /// How long after its last change a session expires.
    public var expiry: Duration

    /// The largest number of sessions that one call returns.
    public static let maxPageSize = 1_000
    /// Of names and titles, in bytes.
    static let maxNameBytes = 1_000

    /// A policy from its parts.
    public init(maxMessages: Int = 100, expiry: Duration = .seconds(24 * 3_600)) {
        self.maxMessages = maxMessages
        self.expiry = expiry
    }

    /// The session that a draft begins.
    public func session(
        _ draft: SessionDraft,
        at now: WallTime
    ) throws(SessionError) -> AgentSession {
        try Self.checkName(draft.userID, "a user")
        try Self.checkName(draft.agentID, "an agent")
        if let title = draft.title, title.utf8.count > Self.maxNameBytes {
            throw SessionError(.invalid, "a title has at most \(Self.maxNameBytes) bytes")
        }
        return AgentSession(
            userID: draft.userID,
            agentID: draft.agentID,
            title: draft.title,
            context: draft.context,
            metadata: draft.metadata,
            createdAt: now,
            expiresAt: now + expiry
        )
    }

    /// Refuses a message that nobody says.
    public static func check(_ message: MessageDraft) throws(SessionError) {
        try checkName(message.role, "the role of a message")
    }

    /// Refuses what no call returns.
    public static func checkLimit(_ limit: Int) throws(SessionError) {
        guard 1...maxPageSize ~= limit else {
            throw SessionError(.invalid, "ask for 1 to \(maxPageSize) sessions, not \(limit)")
        }
    }

    /// How many sessions stand before the page.
    public static func offset(ofPage number: Int, size: Int) throws(SessionError) -> Int {
        try checkLimit(size)
        let (offset, isTooFar) = (number - 1).multipliedReportingOverflow(by: size)
        guard number >= 1, !isTooFar else {
            throw SessionError(.invalid, "pages count from 1; there is no page \(number)")
        }
        return offset
    }

    /// Something happened: the session lives on.
    public func touch(_ session: inout AgentSession, at now: WallTime) {
        session.updatedAt = now
        session.expiresAt = now + expiry
    }

    /// Says that a session has become longer than wanted.
    public func warn(of messageCount: Int, in id: SessionID, _ logger: Logger) {
        guard messageCount > maxMessages else { return }
        logger.warning(
            "a session has more messages than wanted",
            ["session": .string(id.description), "messages": .integer(messageCount)]
        )
    }

    private static func checkName(_ name: String, _ what: String) throws(SessionError) {
        guard !name.isEmpty, name.utf8.count <= maxNameBytes, !name.utf8.contains(0) else {
            throw SessionError(.invalid, "\(what) wants a name of 1 to \(maxNameBytes) bytes")
        }
    }
}
