import Synchronization

/// The servers of one test, and the programs that run on them.
public final class Deployment: Sendable {
    /// The server of data and jobs.
    public let redis: RedisServer
    /// A look at it.
    public let probe: RedisProbe
    /// Nil where the test has no broker.
    public let host: VirtualHost?
    private let workers = Mutex<[WorkerProcess]>([])

    fileprivate init(_ redis: RedisServer, _ host: VirtualHost?) throws {
        self.redis = redis
        self.host = host
        probe = try redis.probe()
    }

    /// The settings that name the servers; no cleanups, which come by the time of the day.
    public var settings: [String: String] {
        var settings = ["REDIS_URL": redis.url, "SCHEDULE_CLEANUPS": "false"]
        settings["AMQP_URL"] = host?.url
        return settings
    }

    /// Starts a worker on the servers; `changes` go over the settings.
    public func launchWorker(
        _ changes: [String: String] = [:],
        _ arguments: [String] = [],
        wrapper: [String] = [],
        keepsInputOpen: Bool = false
    ) throws -> WorkerProcess {
        let worker = try WorkerProcess(
            settings: settings.merging(changes) { $1 },
            arguments,
            wrapper: wrapper,
            keepsInputOpen: keepsInputOpen
        )
        workers.withLock { $0.append(worker) }
        return worker
    }

    /// Starts a worker and waits until it listens to everything it can listen to.
    public func startWorker(
        _ changes: [String: String] = [:],
        _ arguments: [String] = [],
        wrapper: [String] = []
    ) async throws -> WorkerProcess {
        let listeners = try coherenceListeners
        let consumers = try await host?.depth(of: "cache.invalidate")?.consumers ?? 0
        let worker = try launchWorker(changes, arguments, wrapper: wrapper)
        try await worker.logged("worker started")
        try await eventually("the worker listens to the coherence channel") {
            try coherenceListeners > listeners
        }
        // Each lane makes its own.
        try await eventually("the worker has its consumer groups") {
            ["invalidate", "warm", "cleanup", "task"]
                .allSatisfy { kind in
                    (try? JobStream(kind, probe).group.isEmpty) == false
                }
        }
        if let host {
            try await eventually("the worker consumes from the broker") {
                for queue in ["cache.invalidate", "cache.cleanup", "cache.task"]
                where try await host.depth(of: queue)?.consumers ?? 0 <= consumers { return false }
                return true
            }
        }
        return worker
    }

    /// Runs another command of the program to its end.
    public func run(
        _ arguments: String...,
        settings changes: [String: String] = [:],
        input: String? = nil
    ) async throws -> Command {
        try await Command.run(
            try Executable.built("cacheworker"),
            arguments,
            environment: settings.merging(changes) { $1 },
            input: input
        )
    }

    /// Whether a key is there.
    public func exists(_ key: String) throws -> Bool {
        try probe.command("EXISTS", key).integer == 1
    }

    /// Waits until a key is gone.
    public func gone(_ key: String, within limit: Duration = .seconds(60)) async throws {
        try await eventually("\(key) is gone", within: limit) { try !exists(key) }
    }

    /// How many clients hear the coherence channel.
    public var coherenceListeners: Int {
        get throws {
            try probe.command("PUBSUB", "NUMSUB", "{cw}:coherence").elements.last?.integer ?? 0
        }
    }

    fileprivate var logs: [String] { workers.withLock { $0.map(\.process.errors) } }

    fileprivate func endWorkers() async {
        for worker in workers.withLock({ $0 }) { await worker.process.kill() }
    }
}

/// Runs a test on servers of its own and ends all workers in every case.
public func withDeployment<Result>(
    _ options: RedisServer.Options = RedisServer.Options(),
    _ body: (Deployment) async throws -> Result
) async throws -> Result {
    try await withRedis(options) { redis in
        try await ending(try Deployment(redis, nil), body)
    }
}

/// The same with a virtual host on the shared broker, or on a broker of the test.
public func withBrokerDeployment<Result>(
    _ options: RedisServer.Options = RedisServer.Options(),
    on broker: RabbitMQServer? = nil,
    _ body: (Deployment) async throws -> Result
) async throws -> Result {
    try await withRedis(options) { redis in
        try await withVirtualHost(on: broker) { host in
            try await ending(try Deployment(redis, host), body)
        }
    }
}

private func ending<Result>(
    _ deployment: Deployment,
    _ body: (Deployment) async throws -> Result
) async throws -> Result {
    do {
        let result = try await body(deployment)
        await deployment.endWorkers()
        return result
    } catch {
        await deployment.endWorkers()
        throw FailureWithLogs(cause: error, logs: deployment.logs)
    }
}

/// What went wrong in a test, and what the workers said meanwhile.
public struct FailureWithLogs: Error, CustomStringConvertible {
    /// So much of the end of each log is shown.
    static let shownCharacters = 3_000

    /// The failure itself.
    public let cause: any Error
    /// What each worker has logged.
    public let logs: [String]

    /// The cause, and the end of each log.
    public var description: String {
        let ends = logs.map { "\n--- a worker logged:\n\($0.suffix(Self.shownCharacters))" }
        return "\(cause)" + ends.joined()
    }
}
