public import Codecs
import Synchronization
public import Telemetry

/// Sessions in the memory of the process: the twin of the database, gone with the process.
public final class InMemorySessionRepository: SessionRepository {
    private struct Record {
        var session: AgentSession
        var messages: [SessionMessage] = []
    }

    private let policy: SessionPolicy
    private let logger: Logger
    private let now: @Sendable () -> WallTime
    private let records = Mutex<[SessionID: Record]>([:])

    /// An empty repository.
    public init(
        policy: SessionPolicy = SessionPolicy(),
        logger: Logger,
        now: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.policy = policy
        self.logger = logger
        self.now = now
    }

    /// Begins a session.
    public func create(_ draft: SessionDraft) async throws(SessionError) -> AgentSession {
        let session = try policy.session(draft, at: now())
        records.withLock { $0[session.id] = Record(session: session) }
        return session
    }

    /// The session; nil when there is none.
    public func session(_ id: SessionID) async throws(SessionError) -> AgentSession? {
        records.withLock { $0[id]?.session }
    }

    /// The session with its messages; nil when there is none.
    public func transcript(of id: SessionID) async throws(SessionError) -> Transcript? {
        records.withLock { records in
            records[id].map { Transcript(session: $0.session, messages: $0.messages) }
        }
    }

    /// The sessions of a user, those that changed last first.
    public func sessions(
        ofUser userID: String,
        activeOnly: Bool,
        limit: Int
    ) async throws(SessionError) -> [AgentSession] {
        try SessionPolicy.checkLimit(limit)
        let now = now()
        let found = all(ofUser: userID)
            .filter { !activeOnly || $0.session.isActive(at: now) }
        return found.prefix(limit).map(\.session)
    }

    /// Adds a message at the end.
    public func add(
        _ message: MessageDraft,
        to id: SessionID
    ) async throws(SessionError) -> SessionMessage {
        try SessionPolicy.check(message)
        let now = now()
        let added = records.withLock { records -> SessionMessage? in
            guard var record = records[id] else { return nil }
            let message = SessionMessage(
                position: record.messages.count + 1,
                role: message.role,
                content: message.content,
                metadata: message.metadata,
                createdAt: now
            )
            record.messages.append(message)
            record.session.messageCount = record.messages.count
            policy.touch(&record.session, at: now)
            records[id] = record
            return message
        }
        guard let added else { throw .noSession(id) }
        policy.warn(of: added.position, in: id, logger)
        return added
    }

    /// Gives variables of the context new values.
    public func updateContext(
        of id: SessionID,
        with changes: JSONObjectText
    ) async throws(SessionError) -> AgentSession {
        let now = now()
        let updated = records.withLock { records -> AgentSession? in
            guard var session = records[id]?.session else { return nil }
            session.context = session.context.merging(changes)
            policy.touch(&session, at: now)
            records[id]?.session = session
            return session
        }
        guard let updated else { throw .noSession(id) }
        return updated
    }

    /// Marks the active sessions that have expired as completed.
    public func completeExpired() async throws(SessionError) -> Int {
        let now = now()
        return records.withLock { records in
            let expired = records.values.map(\.session)
                .filter { $0.status == .active && !$0.isActive(at: now) }
            for session in expired { records[session.id]?.session.status = .completed }
            return expired.count
        }
    }

    /// Counts what a user has.
    public func statistics(
        ofUser userID: String
    ) async throws(SessionError) -> SessionStatistics {
        let now = now()
        let sessions = all(ofUser: userID).map(\.session)
        return SessionStatistics(
            totalSessions: sessions.count,
            activeSessions: sessions.filter { $0.isActive(at: now) }.count,
            totalMessages: sessions.reduce(0) { $0 + $1.messageCount }
        )
    }

    /// A page of the sessions of a user.
    public func page(
        _ number: Int,
        size: Int,
        ofUser userID: String
    ) async throws(SessionError) -> SessionPage {
        let offset = try SessionPolicy.offset(ofPage: number, size: size)
        let sessions = all(ofUser: userID).map(\.session)
        return SessionPage(
            sessions: Array(sessions.dropFirst(offset).prefix(size)),
            number: number,
            size: size,
            totalSessions: sessions.count
        )
    }

    /// The sessions of a user with the text in their title or in a message.
    public func search(
        _ text: String,
        ofUser userID: String,
        limit: Int
    ) async throws(SessionError) -> [AgentSession] {
        try SessionPolicy.checkLimit(limit)
        let wanted = text.lowercased()
        guard !wanted.isEmpty else { return [] }
        let found = all(ofUser: userID)
            .filter { record in
                let texts = [record.session.title ?? ""] + record.messages.map(\.content)
                return texts.contains { $0.lowercased().contains(wanted) }
            }
        return found.prefix(limit).map(\.session)
    }

    /// Gives sessions another status.
    public func setStatus(
        _ status: AgentSession.Status,
        of ids: [SessionID]
    ) async throws(SessionError) -> Int {
        let now = now()
        return records.withLock { records in
            let known = Set(ids).filter { records[$0] != nil }
            for id in known {
                records[id]?.session.status = status
                records[id]?.session.updatedAt = now
            }
            return known.count
        }
    }

    /// Those that changed last first; of equal ones, by their identity.
    private func all(ofUser userID: String) -> [Record] {
        records.withLock { $0.values.filter { $0.session.userID == userID } }
            .sorted { left, right in
                left.session.updatedAt == right.session.updatedAt
                    ? left.session.id.description < right.session.id.description
                    : left.session.updatedAt > right.session.updatedAt
            }
    }
}
