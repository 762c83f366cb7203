import Backends
import Jobs

extension Assembly {
    /// The schedule as the beat of this process uses it, over a connection of its own; nil where
    /// this process has none.
    ///
    /// Without Redis it is in the process, beside the queue that its events go into.
    func beatStore(_ localQueue: InMemoryQueue?) throws(StartError) -> (any BeatStore)? {
        guard configuration.roles.contains(.beat) else { return nil }
        if let jobs {
            return RedisSchedule(
                connection: connections.connection(to: jobs.configuration, for: "beat"),
                keys: keys,
                zones: zones
            )
        }
        if let localQueue { return InMemorySchedule(firingInto: localQueue, zones: zones) }
        guard configuration.chosenRoles == nil else {
            throw .missing("REDIS_URL", "the role beat, whose schedule is kept in Redis,")
        }
        logger.info("no schedule: it is kept in Redis, which REDIS_URL names")
        return nil
    }

    /// The schedule for those who tell it what became of its events; nil where nobody fires.
    func reportedStore(_ beatStore: (any BeatStore)?) -> (any BeatStore)? {
        guard configuration.roles.contains(.worker) else { return nil }
        guard let jobs else { return beatStore }
        return RedisSchedule(connection: jobs.connection, keys: keys, zones: zones)
    }

    /// A beat on that schedule; what is for RabbitMQ is published where that is configured.
    func beat(
        _ store: any BeatStore,
        tell: @escaping @Sendable (BeatEvent) -> Void
    ) -> Beat {
        Beat(
            store,
            node: configuration.nodeID,
            entries: scheduledEntries(configuration),
            zones: zones,
            broker: publisher.map { AMQPJobPublisher(publisher: $0, topology: topology) },
            logger: logger,
            tell: tell
        )
    }

    /// The entries that this process brings along with that configuration: those of its file, and
    /// those of the program whose names the file does not give to others.
    func scheduledEntries(_ configuration: Configuration) -> [InstalledEntry] {
        let hasSessions = configuration.sessionDatabaseURL != nil
        let builtins =
            configuration.schedulesCleanups ? BuiltinEntries.cleanups(hasSessions: hasSessions) : []
        let names = Set(configuration.schedule.map(\.name))
        return configuration.schedule.map { InstalledEntry($0) }
            + builtins.filter { !names.contains($0.entry.name) }
    }

    /// The schedule for people; without Redis that of this process, if it has one.
    func scheduleStore(_ beatStore: (any BeatStore)? = nil) -> (any ScheduleStore)? {
        guard let jobs else { return beatStore }
        return RedisSchedule(connection: jobs.connection, keys: keys, zones: zones)
    }
}
