import Backends
import CacheDomain
import Jobs
import SQLClient

extension Assembly {
    /// What cleanups take away; dead letters of the broker go by its own policies.
    func upkeep(
        of localQueue: InMemoryQueue?,
        _ schedule: (any BeatStore)?
    ) throws(StartError) -> Upkeep {
        var upkeep = Upkeep()
        upkeep.schedule = schedule
        upkeep.sessions = try sessions()
        if let jobs {
            upkeep.deadLetters = RedisDeadLetters(connection: jobs.connection, keys: keys)
            upkeep.consumers = RedisConsumers(connection: jobs.connection, keys: keys)
            upkeep.journal = RedisJournal(connection: jobs.connection, keys: keys)
        } else {
            upkeep.deadLetters = localQueue.map(InMemoryDeadLetters.init)
        }
        return upkeep
    }

    /// The database of sessions, if there is one; nothing connects before it is used.
    private func sessions() throws(StartError) -> (any SessionRepository)? {
        guard let address = try configuration.sessionDatabase() else { return nil }
        do throws(SQLError) {
            let database = try SQLDatabase(
                address,
                password: configuration.sessionDatabasePassword?.revealed,
                connections: 1
            )
            return SQLSessionRepository(
                database,
                policy: SessionPolicy(
                    maxMessages: configuration.sessionMaxMessages,
                    expiry: .seconds(3_600) * configuration.sessionExpiryHours
                ),
                logger: logger
            )
        } catch {
            throw StartError(.internalError, "no database of sessions: \(error.message)")
        }
    }
}
