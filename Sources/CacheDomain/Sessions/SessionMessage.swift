public import Codecs
public import Telemetry

/// One message of a session.
public struct SessionMessage: Sendable, Equatable {
    /// Its place in the session, from 1 on.
    public let position: Int
    /// Who speaks: `user`, `assistant`, `system`, `tool`, or what the service calls it.
    public let role: String
    /// What is said.
    public let content: String
    /// What is noted about it.
    public let metadata: JSONObjectText
    /// When it was added.
    public let createdAt: WallTime

    /// A message that was stored.
    public init(
        position: Int,
        role: String,
        content: String,
        metadata: JSONObjectText,
        createdAt: WallTime
    ) {
        self.position = position
        self.role = role
        self.content = content
        self.metadata = metadata
        self.createdAt = createdAt
    }
}

/// What the sender of a message says; the repository adds the rest.
public struct MessageDraft: Sendable, Equatable {
    /// Who speaks.
    public var role: String
    /// What is said.
    public var content: String
    /// What is noted about it.
    public var metadata: JSONObjectText

    /// A draft from its parts.
    public init(role: String, content: String, metadata: JSONObjectText = .empty) {
        self.role = role
        self.content = content
        self.metadata = metadata
    }
}

/// A session with all its messages, in their order.
public struct Transcript: Sendable, Equatable {
    /// The session.
    public let session: AgentSession
    /// Its messages.
    public let messages: [SessionMessage]

    /// A transcript from its parts.
    public init(session: AgentSession, messages: [SessionMessage]) {
        self.session = session
        self.messages = messages
    }
}
