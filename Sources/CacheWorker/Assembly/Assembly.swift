import AMQPClient
import Backends
import CacheDomain
import EventLoop
import Jobs
import RedisClient
import Telemetry

/// Builds the parts of the program from its configuration: the one file that names concrete types.
///
/// Nothing connects before it is used.
struct Assembly {
    let configuration: Configuration
    let logger: Logger
    let loop: EventLoop
    let store: any RemoteStore
    let coherenceLog: any CoherenceLog

    private let keys: ControlKeys
    private let jobs: (configuration: RedisConfiguration, connection: RedisConnection)?
    private let broker: AMQPConfiguration?
    private let topology: JobTopology

    init(_ configuration: Configuration, logger: Logger) throws(StartError) {
        self.configuration = configuration
        self.logger = logger
        do throws(TransportError) {
            loop = try EventLoop(name: "loop")
        } catch {
            throw StartError(.internalError, "no event loop: \(error)")
        }
        keys = ControlKeys(prefix: configuration.controlPrefix)
        topology = JobTopology(
            exchange: configuration.amqpExchange,
            deadLetters: configuration.amqpDeadLetterExchange,
            queuePrefix: configuration.amqpQueuePrefix
        )
        broker = try configuration.broker()
        let jobsServer = try configuration.jobsServer()
        guard let data = try configuration.dataServer() else {
            jobs = nil
            let memory = InMemoryStore(InMemoryServer(), node: configuration.nodeID)
            store = memory
            coherenceLog = memory
            return
        }
        let (loop, keys) = (loop, keys)
        let connection = RedisConnection(data, on: loop, logger: logger)
        let server = jobsServer ?? data
        let isSame = jobsServer == nil
        jobs = (server, isSame ? connection : RedisConnection(server, on: loop, logger: logger))
        let log = RedisCoherenceLog(
            connection: jobs?.connection ?? connection,
            keys: keys,
            node: configuration.nodeID
        ) {
            RedisSubscription(
                server,
                RedisSubscriptionOptions(channels: [keys.channel]),
                on: loop,
                logger: logger
            )
        }
        store = RedisStore(connection: connection, log: log)
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

    /// The local tier of this process, empty.
    func localTier() -> LocalTier {
        LocalTier(
            LRUStorage(
                maxEntries: configuration.localMaxEntries,
                maxBytes: configuration.localMaxBytes
            )
        )
    }

    func follower(of tier: LocalTier) -> CoherenceFollower {
        CoherenceFollower(
            log: coherenceLog,
            tier: tier,
            timing: CoherenceFollower.Timing(
                heartbeat: configuration.coherenceHeartbeat,
                lease: configuration.coherenceLease
            ),
            logger: logger
        )
    }

    // MARK: Jobs

    /// The sources of all configured transports.
    func sources() -> [any JobSource] {
        var sources: [any JobSource] = []
        if let jobs {
            sources.append(
                RedisStreamSource(
                    reader: RedisConnection(jobs.configuration, on: loop, logger: logger),
                    writer: jobs.connection,
                    keys: keys,
                    options: RedisStreamSource.Options(
                        consumer: configuration.nodeID,
                        batchSize: configuration.batchSize
                    )
                )
            )
        }
        if let source = amqpSource() { sources.append(source) }
        return sources
    }

    private func amqpSource() -> AMQPSource? {
        guard var broker else { return nil }
        broker.connectionName = configuration.nodeID
        broker.maxBatchCount = configuration.batchSize
        let prefetch = UInt16(clamping: configuration.amqpPrefetch)
        let consumer = AMQPConsumer(
            broker,
            topology: topology.declarations,
            subscriptions: topology.queues.map { AMQPSubscription(to: $0, prefetch: prefetch) },
            dependencies: AMQPDependencies(loop: loop, logger: logger)
        )
        return AMQPSource(consumer: consumer, publisher: publisher(broker), topology: topology)
    }

    private func publisher(_ broker: AMQPConfiguration) -> AMQPPublisher {
        AMQPPublisher(
            broker,
            topology: topology.declarations,
            dependencies: AMQPDependencies(loop: loop, logger: logger)
        )
    }

    /// Publishes to the job streams.
    func streamPublisher() throws(StartError) -> any JobPublisher {
        guard let jobs else { throw .missing("REDIS_URL", "publishing to a stream") }
        return StreamPublisher(connection: jobs.connection, keys: keys)
    }

    /// Publishes to the broker while `body` runs.
    func withAMQPPublisher(
        _ body: (any JobPublisher) async throws(StartError) -> Void
    ) async throws(StartError) {
        guard let broker else { throw .missing("AMQP_URL", "publishing over AMQP") }
        let publisher = publisher(broker)
        let jobPublisher = AMQPJobPublisher(publisher: publisher, topology: topology)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            defer { group.cancelAll() }
            do throws(StartError) {
                try await body(jobPublisher)
                return Result<Void, StartError>.success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
