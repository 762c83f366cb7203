import SQLClient
import TestSupport
import Testing

/// The databases that a statement must mean the same to.
enum Kind: CaseIterable {
    case sqlite
    case postgres
}

@Suite(.timeLimit(.minutes(10))) struct SQLDatabaseTests {
    /// Calls `body` with an empty database.
    private func with(
        _ kind: Kind,
        connections: Int = 2,
        _ body: (SQLDatabase) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let address =
            switch kind {
            case .sqlite: "sqlite:" + folder.file("test.db")
            case .postgres: try await PostgresServer.shared().makeDatabase()
            }
        let database = try SQLDatabase(SQLAddress(address), connections: connections)
        do {
            try await body(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    @Test(arguments: Kind.allCases)
    func `every value comes back as it went in`(kind: Kind) async throws {
        try await with(kind) { database in
            let blob = kind == .sqlite ? "BLOB" : "BYTEA"
            let values: [[SQLValue]] = [
                [
                    .integer(Int64.max), .text("it's \"quoted\"; -- \u{1F600}"),
                    .blob([0, 255, 39]),
                ],
                [.integer(Int64.min), "", .blob([])],
                [.null, .null, .null],
            ]
            let rows = try await database.write { connection throws(SQLError) in
                try connection.execute("CREATE TABLE t (n BIGINT, s TEXT, b \(blob))")
                for row in values {
                    try connection.execute("INSERT INTO t (n, s, b) VALUES ($1, $2, $3)", row)
                }
                return try connection.execute("SELECT n, s, b FROM t ORDER BY n IS NULL, n DESC")
                    .rows
            }
            let found = try rows.map { [try $0.value("n"), try $0.value("s"), try $0.value("b")] }
            #expect(found == values)
        }
    }

    @Test(arguments: Kind.allCases)
    func `a parameter is never read as a part of the statement`(kind: Kind) async throws {
        try await with(kind) { database in
            let hostile = "'); DROP TABLE t; --"
            try await database.write { connection throws(SQLError) in
                try connection.execute("CREATE TABLE t (s TEXT)")
                try connection.execute("INSERT INTO t (s) VALUES ($1)", .text(hostile))
            }
            let found = try await database.read { connection throws(SQLError) in
                try connection.execute("SELECT s FROM t WHERE s = $1", .text(hostile)).rows
            }
            #expect(try found.map { try $0.text("s") } == [hostile])
        }
    }

    @Test(arguments: Kind.allCases)
    func `work that fails leaves nothing behind, and the next work goes on`(
        kind: Kind
    ) async throws {
        try await with(kind) { database in
            try await database.write { connection throws(SQLError) in
                try connection.execute("CREATE TABLE t (n BIGINT PRIMARY KEY)")
            }
            let error = await #expect(throws: SQLError.self) {
                try await database.write { connection throws(SQLError) in
                    try connection.execute("INSERT INTO t (n) VALUES ($1)", 1)
                    try connection.execute("INSERT INTO t (n) VALUES ($1)", 1)
                }
            }
            #expect(error?.code == .constraint)
            let count = try await database.read { connection throws(SQLError) in
                try connection.execute("SELECT COUNT(*) AS n FROM t").rows[0].integer("n")
            }
            #expect(count == 0)
        }
    }

    @Test(arguments: Kind.allCases)
    func `what cannot be done says so, and is not tried again`(kind: Kind) async throws {
        try await with(kind) { database in
            for (statement, code) in [
                ("SELEC 1", SQLError.Code.invalid), ("SELECT * FROM nowhere", .invalid),
            ] {
                let error = await #expect(throws: SQLError.self) {
                    try await database.read { connection throws(SQLError) in
                        try connection.execute(statement)
                    }
                }
                #expect(error?.code == code && error?.isRetriable == false)
            }
            let error = await #expect(throws: SQLError.self) {
                try await database.read { connection throws(SQLError) in
                    try connection.execute("SELECT 1 AS n").rows[0].text("n")
                }
            }
            #expect(error?.code == .unexpectedAnswer)
        }
    }

    @Test(arguments: Kind.allCases)
    func `of counters that many raise at the same time no step is lost`(kind: Kind) async throws {
        try await with(kind, connections: 4) { database in
            try await database.write { connection throws(SQLError) in
                try connection.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)")
                try connection.execute("INSERT INTO t (id, n) VALUES (1, 0)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { try await raise(database) } }
                try await group.waitForAll()
            }
            let total = try await database.read { connection throws(SQLError) in
                try connection.execute("SELECT n FROM t").rows[0].integer("n")
            }
            #expect(total == 40)
        }
    }

    private func raise(_ database: SQLDatabase) async throws {
        try await database.write { connection throws(SQLError) in
            try connection.execute("UPDATE t SET n = n + 1 WHERE id = $1", 1)
        }
    }

    @Test func `a server that was away, or stood still, is used again when it is back`()
        async throws
    {
        let server = try await PostgresServer.start()
        do {
            let address = try await server.makeDatabase()
            let database = try SQLDatabase(
                SQLAddress(address),
                connections: 1,
                statementTimeout: .seconds(1)
            )
            try await database.write { connection throws(SQLError) in
                try connection.execute("CREATE TABLE t (n BIGINT)")
            }
            await server.kill()
            // Sessions of a server that was killed notice it a moment later.
            try await eventually("the server is told to be away") {
                do {
                    _ = try await database.read { connection throws(SQLError) in
                        try connection.execute("SELECT n FROM t")
                    }
                    return false
                } catch let error as SQLError {
                    return error.code == .unavailable && error.isRetriable
                }
            }
            try await server.restart()
            try await server.pause()
            let silence = await #expect(throws: SQLError.self) {
                try await database.write { connection throws(SQLError) in
                    try connection.execute("INSERT INTO t (n) VALUES (1)")
                }
            }
            #expect(silence?.isRetriable == true)
            try await server.resume()
            let rows = try await database.read { connection throws(SQLError) in
                try connection.execute("SELECT n FROM t").rows
            }
            #expect(rows.isEmpty)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test func `a file that is no database, or has no folder, is told from one that is away`()
        async throws
    {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write(String(repeating: "no database ", count: 1_000), to: "text")
        for (name, code) in [("text", SQLError.Code.corrupt), ("none/a.db", .unavailable)] {
            let database = try SQLDatabase(
                SQLAddress("sqlite:" + folder.file(name)),
                connections: 1
            )
            let error = await #expect(throws: SQLError.self) {
                try await database.read { connection throws(SQLError) in
                    try connection.execute("SELECT 1")
                }
            }
            #expect(error?.code == code)
        }
    }
}
