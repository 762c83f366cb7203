import AMQPClient
import Backends
import EventLoop
import Glibc
import Jobs
import RedisClient
import Telemetry

/// A worker over real servers whose process dies of some keys: what a supervisor sees of a program
/// with a bug.
///
/// `REDIS_URL`, `NODE_ID` and, where the jobs come over AMQP, `AMQP_URL` are its settings. With
/// `DIES_AT_SETTLING` the first of all processes dies when it should settle its first batch.
@main
struct CrashingWorker {
    private static let timeout = Duration.seconds(1)
    private static let grace = Duration.milliseconds(300)
    private static let lease = Duration.milliseconds(600)
    private static let prefetch: UInt16 = 512

    static func main() async throws {
        let loop = try EventLoop(name: "loop")
        let redis = try RedisConfiguration(url: variable("REDIS_URL") ?? "")
        let connection = RedisConnection(redis, on: loop)
        let keys = ControlKeys()
        var source = try source(redis, connection, keys, loop)
        if variable("DIES_AT_SETTLING") != nil {
            source = DyingSource(source, connection: connection)
        }
        let worker = Worker(
            source: source,
            handler: DeadlyHandler(connection: connection),
            policies: JobPolicies(
                JobPolicy(timeout: timeout, deduplicationWindow: .seconds(600))
            ),
            registry: RedisEventRegistry(connection: connection, keys: keys),
            isolation: Isolation(
                ledger: RedisSuspectLedger(connection: connection, keys: keys)
            ),
            logger: Logger(LineLog(descriptor: STDERR_FILENO, format: .text, level: .info)),
            time: WorkerTime(grace: grace),
            giveUp: { exit(70) }
        )
        await withTaskExecutorPreference(loop) { await worker.run() }
    }

    private static func source(
        _ redis: RedisConfiguration,
        _ connection: RedisConnection,
        _ keys: ControlKeys,
        _ loop: EventLoop
    ) throws -> any JobSource {
        guard let url = variable("AMQP_URL") else {
            return RedisStreamSource(
                reader: RedisConnection(redis, on: loop),
                writer: connection,
                keys: keys,
                options: RedisStreamSource.Options(
                    consumer: variable("NODE_ID") ?? "",
                    lease: lease,
                    claimInterval: .milliseconds(100)
                )
            )
        }
        let broker = try AMQPConfiguration(url: url)
        let topology = JobTopology()
        let dependencies = AMQPDependencies(loop: loop)
        return AMQPSource(
            consumer: AMQPConsumer(
                broker,
                topology: topology.declarations,
                subscriptions: topology.queues.map { AMQPSubscription(to: $0, prefetch: prefetch) },
                dependencies: dependencies
            ),
            publisher: AMQPPublisher(
                broker,
                topology: topology.declarations,
                dependencies: dependencies
            ),
            topology: topology
        )
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}

/// Counts keys in the hash `effects`, and ends the process, or never ends, at those that say so.
struct DeadlyHandler: JobHandler {
    let connection: RedisConnection

    func perform(_ work: BatchPlan.Work) async throws(JobError) -> WorkEffect {
        guard case .invalidate(let removal) = work else { return WorkEffect() }
        for key in removal.keys {
            switch key.prefix(while: \.isLetter) {
            case "crash": abort()
            case "deaf": await never()
            case "stall": while true { pause() }
            case "hog": hoard()
            default: try await count(key)
            }
        }
        return WorkEffect()
    }

    /// Does not hear that it was cancelled.
    private func never() async {
        unsafe await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }

    /// Asks for memory until there is none; it is not touched, so that nobody else lacks it.
    private func hoard() -> Never {
        var hoard: [[UInt8]] = []
        while true {
            hoard.append(unsafe Array(unsafeUninitializedCapacity: 64 << 20) { _, _ in })
        }
    }

    private func count(_ key: String) async throws(JobError) {
        do throws(RedisError) {
            _ = try await connection.execute(RedisCommand("HINCRBY", "effects", key, 1))
        } catch {
            throw JobError(reason: "unavailable", error.message, remedy: .wait)
        }
    }
}
