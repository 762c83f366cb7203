import SQLClient

/// The tables of sessions, and how older ones become the present ones.
///
/// Both databases read the same statements. Times are milliseconds since 1970, JSON is text.
enum SessionSchema {
    /// Each brings the schema one version further; none of them is ever changed.
    static let migrations: [[String]] = [
        [
            """
            CREATE TABLE agent_sessions (
              id TEXT PRIMARY KEY, user_id TEXT NOT NULL, agent_id TEXT NOT NULL, title TEXT,
              status TEXT NOT NULL, context TEXT NOT NULL, metadata TEXT NOT NULL,
              message_count BIGINT NOT NULL, created_at BIGINT NOT NULL,
              updated_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX agent_sessions_user ON agent_sessions (user_id, updated_at)",
            "CREATE INDEX agent_sessions_expiry ON agent_sessions (status, expires_at)",
            """
            CREATE TABLE session_messages (
              session_id TEXT NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
              position BIGINT NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL,
              metadata TEXT NOT NULL, created_at BIGINT NOT NULL,
              PRIMARY KEY (session_id, position)
            )
            """,
        ]
    ]

    /// The advisory lock of PostgreSQL that stands for these tables: "session" in ASCII.
    private static let lock: Int64 = 0x73_6573_7369_6F6E

    /// Brings the schema to the present version; any number of processes may do so at once.
    static func migrate(_ connection: any SQLConnection) throws(SQLError) {
        // One process at a time. A transaction of SQLite that writes is alone already; two of
        // PostgreSQL that make one table get in each other's way, whatever they say of existence.
        if connection.dialect == .postgres {
            try connection.execute("SELECT pg_advisory_xact_lock($1)", .integer(lock))
        }
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS session_schema (id BIGINT PRIMARY KEY, version BIGINT)"
        )
        try connection.execute(
            "INSERT INTO session_schema (id, version) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"
        )
        let version = try connection.execute("SELECT version FROM session_schema WHERE id = 1")
            .rows[0].integer("version")
        guard version <= migrations.count else {
            throw SQLError(
                .invalid,
                "the tables of sessions are of version \(version), which is newer than this "
                    + "program (\(migrations.count)): use a newer one"
            )
        }
        for statement in migrations[Int(version)...].joined() {
            try connection.execute(statement)
        }
        try connection.execute(
            "UPDATE session_schema SET version = $1 WHERE id = 1",
            .integer(migrations.count)
        )
    }
}
