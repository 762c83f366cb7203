public import Codecs
public import Telemetry

/// A conversation of a user with an agent, as it is kept for good.
public struct AgentSession: Sendable, Equatable {
    /// What becomes of a session.
    public enum Status: String, Sendable, CaseIterable {
        /// It goes on, until it expires.
        case active
        /// It rests, by somebody's wish.
        case paused
        /// It came to its end, or expired.
        case completed
        /// It ended by a fault.
        case failed
    }

    /// Its identity.
    public let id: SessionID
    /// Whose it is.
    public var userID: String
    /// Which agent it is with.
    public var agentID: String
    /// What people call it.
    public var title: String?
    /// What has become of it.
    public var status: Status
    /// Variables of the conversation, which change as it goes on.
    public var context: JSONObjectText
    /// What its creator noted about it.
    public var metadata: JSONObjectText
    /// How many messages it has.
    public var messageCount: Int
    /// When it began.
    public let createdAt: WallTime
    /// When something of it changed last.
    public var updatedAt: WallTime
    /// When it expires, unless something happens before.
    public var expiresAt: WallTime

    /// A new session, or one that was stored.
    public init(
        id: SessionID = .random(),
        userID: String,
        agentID: String,
        title: String? = nil,
        status: Status = .active,
        context: JSONObjectText = .empty,
        metadata: JSONObjectText = .empty,
        messageCount: Int = 0,
        createdAt: WallTime,
        updatedAt: WallTime? = nil,
        expiresAt: WallTime
    ) {
        self.id = id
        self.userID = userID
        self.agentID = agentID
        self.title = title
        self.status = status
        self.context = context
        self.metadata = metadata
        self.messageCount = messageCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.expiresAt = expiresAt
    }

    /// Whether it goes on: one that has expired does not, whether or not a cleanup came round.
    public func isActive(at now: WallTime) -> Bool { status == .active && now < expiresAt }
}

/// What the creator of a session says about it; the repository adds the rest.
public struct SessionDraft: Sendable, Equatable {
    /// Whose it is.
    public var userID: String
    /// Which agent it is with.
    public var agentID: String
    /// What people call it.
    public var title: String?
    /// Variables of the conversation.
    public var context: JSONObjectText
    /// Notes about it.
    public var metadata: JSONObjectText

    /// A draft from its parts.
    public init(
        userID: String,
        agentID: String,
        title: String? = nil,
        context: JSONObjectText = .empty,
        metadata: JSONObjectText = .empty
    ) {
        self.userID = userID
        self.agentID = agentID
        self.title = title
        self.context = context
        self.metadata = metadata
    }
}
