public import CacheDomain
public import Codecs
public import SQLClient
import Synchronization
public import Telemetry

/// Sessions in a SQL database.
///
/// The tables are made, or brought to their present form, by the first call.
public final class SQLSessionRepository: SessionRepository {
    /// How many sessions one step of a cleanup marks: it holds a lock of the database meanwhile.
    static let stepLength = 500

    let database: SQLDatabase
    let policy: SessionPolicy
    let logger: Logger
    let now: @Sendable () -> WallTime
    private let isMigrated = Atomic<Bool>(false)

    /// A repository in a database.
    public init(
        _ database: SQLDatabase,
        policy: SessionPolicy = SessionPolicy(),
        logger: Logger,
        now: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.database = database
        self.policy = policy
        self.logger = logger
        self.now = now
    }

    // MARK: Changing

    /// Begins a session.
    public func create(_ draft: SessionDraft) async throws(SessionError) -> AgentSession {
        let session = try policy.session(draft, at: now())
        let places = (1...session.values.count).map { "$\($0)" }.joined(separator: ", ")
        let statement = "INSERT INTO agent_sessions (\(AgentSession.columns)) VALUES (\(places))"
        _ = try await write { connection throws(SQLError) in
            try connection.execute(statement, session.values)
        }
        return session
    }

    /// Adds a message at the end.
    public func add(
        _ message: MessageDraft,
        to id: SessionID
    ) async throws(SessionError) -> SessionMessage {
        try SessionPolicy.check(message)
        let (now, expiry) = (now(), policy.expiry)
        let added = try await write { connection throws(SQLError) -> SessionMessage? in
            // The row is held until the end, so that no two messages get one place.
            let rows =
                try connection.execute(
                    """
                    UPDATE agent_sessions
                    SET message_count = message_count + 1, updated_at = $2, expires_at = $3
                    WHERE id = $1 RETURNING message_count
                    """,
                    .text(id.description),
                    .integer(now.milliseconds),
                    .integer((now + expiry).milliseconds)
                )
                .rows
            guard let position = try rows.first?.integer("message_count") else { return nil }
            try connection.execute(
                """
                INSERT INTO session_messages
                (session_id, position, role, content, metadata, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                .text(id.description),
                .integer(position),
                .text(message.role),
                .text(message.content),
                .text(message.metadata.text),
                .integer(now.milliseconds)
            )
            return SessionMessage(
                position: Int(position),
                role: message.role,
                content: message.content,
                metadata: message.metadata,
                createdAt: now
            )
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
        let (now, policy) = (now(), policy)
        let updated = try await write { connection throws(SQLError) -> AgentSession? in
            guard var session = try Self.session(id, connection, locking: true) else { return nil }
            session.context = session.context.merging(changes)
            policy.touch(&session, at: now)
            try connection.execute(
                """
                UPDATE agent_sessions SET context = $2, updated_at = $3, expires_at = $4
                WHERE id = $1
                """,
                .text(id.description),
                .text(session.context.text),
                .integer(session.updatedAt.milliseconds),
                .integer(session.expiresAt.milliseconds)
            )
            return session
        }
        guard let updated else { throw .noSession(id) }
        return updated
    }

    /// Marks the active sessions that have expired as completed, some hundred in a step.
    public func completeExpired() async throws(SessionError) -> Int {
        let moment = now().milliseconds
        var total = 0
        while true {
            let count = try await write { connection throws(SQLError) in
                try connection.execute(
                    """
                    UPDATE agent_sessions SET status = $1 WHERE id IN (
                      SELECT id FROM agent_sessions WHERE status = $2 AND expires_at <= $3
                      ORDER BY expires_at LIMIT \(Self.stepLength)
                    ) AND status = $2 AND expires_at <= $3
                    """,
                    .text(AgentSession.Status.completed.rawValue),
                    .text(AgentSession.Status.active.rawValue),
                    .integer(moment)
                )
                .changedCount
            }
            total += count
            if count == 0 { return total }
        }
    }

    /// Gives sessions another status.
    public func setStatus(
        _ status: AgentSession.Status,
        of ids: [SessionID]
    ) async throws(SessionError) -> Int {
        let now = now()
        return try await write { connection throws(SQLError) in
            var changed = 0
            // In one order always, so that two callers do not wait for each other.
            for id in Set(ids.map(\.description)).sorted() {
                changed +=
                    try connection.execute(
                        "UPDATE agent_sessions SET status = $2, updated_at = $3 WHERE id = $1",
                        .text(id),
                        .text(status.rawValue),
                        .integer(now.milliseconds)
                    )
                    .changedCount
            }
            return changed
        }
    }

    // MARK: Asking

    func write<Result: Sendable>(
        _ work: @Sendable (any SQLConnection) throws(SQLError) -> Result
    ) async throws(SessionError) -> Result {
        do throws(SQLError) {
            try await migrate()
            return try await database.write(work)
        } catch {
            throw SessionError(error)
        }
    }

    func read<Result: Sendable>(
        _ work: @Sendable (any SQLConnection) throws(SQLError) -> Result
    ) async throws(SessionError) -> Result {
        do throws(SQLError) {
            try await migrate()
            return try await database.read(work)
        } catch {
            throw SessionError(error)
        }
    }

    static func session(
        _ id: SessionID,
        _ connection: any SQLConnection,
        locking: Bool = false
    ) throws(SQLError) -> AgentSession? {
        let lock = locking && connection.dialect == .postgres ? " FOR UPDATE" : ""
        let rows =
            try connection.execute(
                "SELECT \(AgentSession.columns) FROM agent_sessions WHERE id = $1\(lock)",
                .text(id.description)
            )
            .rows
        guard let row = rows.first else { return nil }
        return try AgentSession(row)
    }

    private func migrate() async throws(SQLError) {
        guard !isMigrated.load(ordering: .acquiring) else { return }
        try await database.write { connection throws(SQLError) in
            try SessionSchema.migrate(connection)
        }
        isMigrated.store(true, ordering: .releasing)
    }
}
