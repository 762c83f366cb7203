import Backends
import CacheDomain
import Conformance
import SQLClient
import Telemetry
import TestSupport
import Testing

@Suite struct SQLSessionTests {
    @Test(arguments: SessionConformance.checks)
    func `sessions in SQLite keep the promises of every repository`(
        check: Check<SessionSubject>
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await run(check, in: "sqlite:" + folder.file("sessions.db"))
    }

    @Test(arguments: SessionConformance.checks)
    func `sessions in PostgreSQL keep the promises of every repository`(
        check: Check<SessionSubject>
    ) async throws {
        try await run(check, in: try await PostgresServer.shared().makeDatabase())
    }

    private func run(_ check: Check<SessionSubject>, in address: String) async throws {
        let clock = SessionClock()
        let database = try SQLDatabase(SQLAddress(address), connections: 2)
        let repository = SQLSessionRepository(
            database,
            policy: SessionSubject.policy,
            logger: Logger(SilentLog()),
            now: { clock.now }
        )
        do {
            try await check.run(on: SessionSubject(repository: repository, clock: clock))
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    @Test func `processes that start at the same time make the tables once`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let addresses = [
            "sqlite:" + folder.file("sessions.db"),
            try await PostgresServer.shared().makeDatabase(),
        ]
        for address in addresses {
            let repositories = try (0..<4).map { _ in try repository(address) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for repository in repositories {
                    group.addTask {
                        _ = try await repository.create(SessionDraft(userID: "u", agentID: "a"))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await repositories[0].sessions(ofUser: "u").count == 4)
        }
    }

    @Test func `tables of a newer program are left alone`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let address = "sqlite:" + folder.file("sessions.db")
        _ = try await repository(address).create(SessionDraft(userID: "u", agentID: "a"))
        try await SQLDatabase(SQLAddress(address), connections: 1)
            .write { connection throws(SQLError) in
                try connection.execute("UPDATE session_schema SET version = 99")
            }
        let error = await #expect(throws: SessionError.self) {
            _ = try await repository(address).sessions(ofUser: "u")
        }
        #expect(error?.message.contains("use a newer one") == true)
        #expect(error?.isRetriable == false)
    }

    private func repository(_ address: String) throws -> SQLSessionRepository {
        SQLSessionRepository(
            try SQLDatabase(SQLAddress(address), connections: 1),
            logger: Logger(SilentLog())
        )
    }
}
