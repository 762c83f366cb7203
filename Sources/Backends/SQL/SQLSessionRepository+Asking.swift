public import CacheDomain
import Codecs
import SQLClient
import Telemetry

extension SQLSessionRepository {
    /// The session; nil when there is none.
    public func session(_ id: SessionID) async throws(SessionError) -> AgentSession? {
        try await read { connection throws(SQLError) in try Self.session(id, connection) }
    }

    /// The session with its messages; nil when there is none.
    public func transcript(of id: SessionID) async throws(SessionError) -> Transcript? {
        try await read { connection throws(SQLError) -> Transcript? in
            guard let session = try Self.session(id, connection) else { return nil }
            let rows =
                try connection.execute(
                    """
                    SELECT position, role, content, metadata, created_at FROM session_messages
                    WHERE session_id = $1 ORDER BY position
                    """,
                    .text(id.description)
                )
                .rows
            var messages: [SessionMessage] = []
            for row in rows { messages.append(try SessionMessage(row)) }
            return Transcript(session: session, messages: messages)
        }
    }

    /// The sessions of a user, those that changed last first.
    public func sessions(
        ofUser userID: String,
        activeOnly: Bool,
        limit: Int
    ) async throws(SessionError) -> [AgentSession] {
        try SessionPolicy.checkLimit(limit)
        guard activeOnly else { return try await list(userID, limit: limit) }
        return try await list(
            userID,
            where: "status = $2 AND expires_at > $3",
            [.text(AgentSession.Status.active.rawValue), .integer(now().milliseconds)],
            limit: limit
        )
    }

    /// Counts what a user has.
    public func statistics(
        ofUser userID: String
    ) async throws(SessionError) -> SessionStatistics {
        let moment = now().milliseconds
        return try await read { connection throws(SQLError) in
            // The numbers are of one moment, since they come from one statement.
            let row =
                try connection.execute(
                    """
                    SELECT COUNT(*) AS total,
                      COUNT(CASE WHEN status = $2 AND expires_at > $3 THEN 1 END) AS active,
                      CAST(COALESCE(SUM(message_count), 0) AS BIGINT) AS messages
                    FROM agent_sessions WHERE user_id = $1
                    """,
                    .text(userID),
                    .text(AgentSession.Status.active.rawValue),
                    .integer(moment)
                )
                .rows[0]
            return SessionStatistics(
                totalSessions: Int(try row.integer("total")),
                activeSessions: Int(try row.integer("active")),
                totalMessages: Int(try row.integer("messages"))
            )
        }
    }

    /// A page of the sessions of a user.
    public func page(
        _ number: Int,
        size: Int,
        ofUser userID: String
    ) async throws(SessionError) -> SessionPage {
        let offset = try SessionPolicy.offset(ofPage: number, size: size)
        return try await read { connection throws(SQLError) in
            let total =
                try connection.execute(
                    "SELECT COUNT(*) AS total FROM agent_sessions WHERE user_id = $1",
                    .text(userID)
                )
                .rows[0].integer("total")
            let sessions = try Self.list(
                connection,
                "user_id = $1",
                [.text(userID)],
                limit: size,
                offset: offset
            )
            return SessionPage(
                sessions: sessions,
                number: number,
                size: size,
                totalSessions: Int(total)
            )
        }
    }

    /// The sessions of a user with the text in their title or in a message.
    public func search(
        _ text: String,
        ofUser userID: String,
        limit: Int
    ) async throws(SessionError) -> [AgentSession] {
        try SessionPolicy.checkLimit(limit)
        guard !text.isEmpty else { return [] }
        return try await list(
            userID,
            where: """
                (LOWER(title) LIKE $2 ESCAPE '\\' OR EXISTS (
                  SELECT 1 FROM session_messages
                  WHERE session_id = agent_sessions.id AND LOWER(content) LIKE $2 ESCAPE '\\'
                ))
                """,
            [.text("%\(Self.escaped(text.lowercased()))%")],
            limit: limit
        )
    }

    /// What `LIKE` takes for itself, letter by letter.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, letter in
            if letter == "%" || letter == "_" || letter == "\\" { result.append("\\") }
            result.append(letter)
        }
    }

    private func list(
        _ userID: String,
        where condition: String = "TRUE",
        _ parameters: [SQLValue] = [],
        limit: Int
    ) async throws(SessionError) -> [AgentSession] {
        try await read { connection throws(SQLError) in
            try Self.list(
                connection,
                "user_id = $1 AND \(condition)",
                [.text(userID)] + parameters,
                limit: limit
            )
        }
    }

    /// Those that changed last first; of equal ones, by their identity.
    private static func list(
        _ connection: any SQLConnection,
        _ condition: String,
        _ parameters: [SQLValue],
        limit: Int,
        offset: Int = 0
    ) throws(SQLError) -> [AgentSession] {
        let rows =
            try connection.execute(
                """
                SELECT \(AgentSession.columns) FROM agent_sessions WHERE \(condition)
                ORDER BY updated_at DESC, id LIMIT \(limit) OFFSET \(offset)
                """,
                parameters
            )
            .rows
        var sessions: [AgentSession] = []
        for row in rows { sessions.append(try AgentSession(row)) }
        return sessions
    }
}
