import AMQPClient
import Backends
import CacheDomain
import EventLoop
import Jobs
import RedisClient
import Telemetry

/// Builds the parts of the program from its configuration; with `Connections` the one place that
/// names concrete types.
///
/// Nothing connects before it is used.
struct Assembly {
    let configuration: Configuration
    let logger: Logger
    let loop: EventLoop
    let store: any RemoteStore
    let coherenceLog: any CoherenceLog
    /// The store again, where it is not on the server of the log.
    private let storeLife: (any StoreLife)?

    let connections: Connections
    let keys: ControlKeys
    /// The time zones of the schedule.
    let zones = SystemZones()
    private let data: RedisConnection?
    let jobs: (configuration: RedisConfiguration, connection: RedisConnection)?
    let broker: AMQPConfiguration?
    let publisher: AMQPPublisher?
    let inspector: AMQPInspector?
    let topology: JobTopology

    init(_ configuration: Configuration, logger: Logger) throws(StartError) {
        self.configuration = configuration
        self.logger = logger
        do throws(TransportError) {
            loop = try EventLoop(name: "loop")
        } catch {
            throw StartError(.internalError, "no event loop: \(error)")
        }
        let connections = Connections(node: configuration.nodeID, loop: loop, logger: logger)
        self.connections = connections
        keys = ControlKeys(prefix: configuration.controlPrefix)
        topology = JobTopology(
            exchange: configuration.amqpExchange,
            deadLetters: configuration.amqpDeadLetterExchange,
            queuePrefix: configuration.amqpQueuePrefix
        )
        broker = try configuration.broker()
        publisher = broker.map { [topology] in Self.publisher($0, topology, connections) }
        inspector = broker.map { Self.inspector($0, connections) }
        let jobsServer = try configuration.jobsServer()
        guard let data = try configuration.dataServer() else {
            guard configuration.watchedPrefixes.isEmpty else {
                throw .missing("REDIS_URL", "WATCHED_PREFIXES, which are watched there,")
            }
            jobs = nil
            self.data = nil
            let memory = InMemoryStore(InMemoryServer(), node: configuration.nodeID)
            store = memory
            coherenceLog = memory
            storeLife = nil
            return
        }
        let server = jobsServer ?? data
        let connection = connections.connection(to: data, for: "data")
        self.data = connection
        let jobsConnection =
            jobsServer == nil ? connection : connections.connection(to: server, for: "jobs")
        jobs = (server, jobsConnection)
        let channel = keys.channel
        let log = RedisCoherenceLog(
            connection: jobsConnection,
            keys: keys,
            node: configuration.nodeID
        ) {
            connections.subscription(
                RedisSubscriptionOptions(channels: [channel]),
                at: server,
                for: "coherence"
            )
        }
        let store = RedisStore(connection: connection, log: log)
        self.store = store
        storeLife = store.lifeBesideLog
        coherenceLog = log
    }

    /// Whether everything stays in this process.
    var isEmbedded: Bool { jobs == nil && broker == nil }

    /// Warns when the server of jobs and coherence may evict them; asks until it has an answer.
    func checkEviction() async {
        guard let connection = jobs?.connection else { return }
        var backoff = Backoff()
        while !Task.isCancelled {
            do throws(RedisError) {
                let policy = try await EvictionPolicy.read(over: connection)
                guard let policy, policy.endangersJobs else { return }
                return logger.warning(
                    "Redis may evict jobs: use volatile-* or noeviction, or set JOBS_REDIS_URL",
                    ["policy": .string(policy.name)]
                )
            } catch {
                _ = try? await Task.sleep(for: backoff.next())
            }
        }
    }

    // MARK: Cache

    /// All connections made so far.
    var connectionBoard: ConnectionBoard { connections.board }

    /// Connects to the server of cached data before there is a job, so that readiness tells
    /// whether it can be reached; it comes back by itself from then on.
    func connectToData() async {
        guard let data else { return }
        var backoff = Backoff()
        while !Task.isCancelled, (try? await data.execute(RedisCommand("PING"))) == nil {
            _ = try? await Task.sleep(for: backoff.next())
        }
    }

    /// The local tier of this process, empty.
    func localTier() -> LocalTier {
        LocalTier(
            LRUStorage(
                maxEntries: configuration.localMaxEntries,
                maxBytes: configuration.localMaxBytes
            ),
            watched: configuration.watchedPrefixes
        )
    }

    /// Watches what foreign programs change; nil where they change nothing.
    func prefixWatcher(of tier: LocalTier) -> PrefixWatcher? {
        guard let data, !configuration.watchedPrefixes.isEmpty else { return nil }
        let watch = RedisPrefixWatch(
            configuration.watchedPrefixes,
            connection: data,
            keys: keys
        ) { [connections] options in
            connections.subscription(options, at: data.configuration, for: "watch")
        }
        return PrefixWatcher(watch, tier: tier, timing: coherenceTiming, logger: logger)
    }

    private var coherenceTiming: CoherenceFollower.Timing {
        CoherenceFollower.Timing(
            heartbeat: configuration.coherenceHeartbeat,
            lease: configuration.coherenceLease
        )
    }

    func follower(of tier: LocalTier) -> CoherenceFollower {
        CoherenceFollower(
            log: coherenceLog,
            store: storeLife,
            tier: tier,
            timing: coherenceTiming,
            node: configuration.nodeID,
            token: ProcessToken(startedAt: UInt64(max(0, WallTime.now().milliseconds))),
            logger: logger
        )
    }

    // MARK: Jobs

    /// Publishes dead letters and jobs that wait, for all lanes.
    private static func publisher(
        _ broker: AMQPConfiguration,
        _ topology: JobTopology,
        _ connections: Connections
    ) -> AMQPPublisher {
        AMQPPublisher(
            connections.named(broker, for: "publisher"),
            topology: topology.declarations,
            dependencies: connections.dependencies(for: "publisher")
        )
    }

    /// Looks at the queues, for all lanes.
    private static func inspector(
        _ broker: AMQPConfiguration,
        _ connections: Connections
    ) -> AMQPInspector {
        AMQPInspector(
            connections.named(broker, for: "inspector"),
            dependencies: connections.dependencies(for: "inspector")
        )
    }

    /// Keeps the connections to the broker that all lanes share until the task is cancelled.
    func keepSharedConnections() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await publisher?.run() }
            group.addTask { await inspector?.run() }
        }
    }

    /// The dead letters of all configured transports.
    func deadLetterStores() -> [any DeadLetterStore] {
        var stores: [any DeadLetterStore] = []
        if let jobs { stores.append(RedisDeadLetters(connection: jobs.connection, keys: keys)) }
        if let broker {
            var broker = connections.named(broker, for: "dead letters")
            broker.maxBodyBytes = max(broker.maxBodyBytes, configuration.maxEventBytes)
            stores.append(
                AMQPDeadLetters(
                    broker,
                    topology: topology,
                    dependencies: connections.dependencies(for: "dead letters")
                )
            )
        }
        return stores
    }

    /// Where events are remembered that are not to be done twice.
    func eventRegistry() -> any EventRegistry {
        guard let jobs else { return InMemoryEventRegistry() }
        return RedisEventRegistry(connection: jobs.connection, keys: keys)
    }

    /// Where suspects are charged; without Redis only the broker counts what becomes of them.
    func suspectLedger() -> any SuspectLedger {
        guard let jobs else { return InMemorySuspectLedger() }
        return RedisSuspectLedger(connection: jobs.connection, keys: keys)
    }

    /// Publishes to the job streams.
    func streamPublisher() throws(StartError) -> any JobPublisher {
        guard let jobs else { throw .missing("REDIS_URL", "publishing to a stream") }
        return StreamPublisher(connection: jobs.connection, keys: keys)
    }

    /// How long a command waits for the broker: a person, or a script, wants to know soon.
    private static let brokerLimit = Duration.seconds(5)

    /// Publishes to the broker while `body` runs, which begins when the broker is there.
    func withAMQPPublisher(
        _ body: (any JobPublisher) async throws(StartError) -> Void
    ) async throws(StartError) {
        guard let publisher else { throw .missing("AMQP_URL", "publishing over AMQP") }
        let jobPublisher = AMQPJobPublisher(publisher: publisher, topology: topology)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            defer { group.cancelAll() }
            do throws(StartError) {
                try await waitForBroker(publisher)
                try await body(jobPublisher)
                return Result<Void, StartError>.success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func waitForBroker(_ publisher: AMQPPublisher) async throws(StartError) {
        do throws(AMQPError) {
            try await publisher.waitUntilSetUp(within: Self.brokerLimit)
        } catch {
            throw StartError(error.isRetriable ? .unavailable : .configuration, error.message)
        }
    }
}
