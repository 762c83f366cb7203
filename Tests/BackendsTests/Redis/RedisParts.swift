import Backends
import CacheDomain
import EventLoop
import Jobs
import RedisClient
import TestSupport

/// The parts of one node over a real server, as the program puts them together.
struct RedisParts {
    let keys = ControlKeys()
    let store: RedisStore
    let log: RedisCoherenceLog
    let connection: RedisConnection
    private let configuration: RedisConfiguration
    private let loop: EventLoop
    private let node: String

    /// Data and log on `server`, or the log on a server of its own; `url` names another user.
    init(
        _ server: RedisServer,
        url: String? = nil,
        log logServer: RedisServer? = nil,
        node: String = "a"
    ) throws {
        let loop = try EventLoop(name: node)
        let keys = keys
        self.loop = loop
        self.node = node
        let data = try RedisConfiguration(url: url ?? server.url)
        let configuration = try RedisConfiguration(url: logServer?.url ?? url ?? server.url)
        self.configuration = configuration
        let dataConnection = RedisConnection(data, on: loop)
        connection =
            logServer == nil ? dataConnection : RedisConnection(configuration, on: loop)
        log = RedisCoherenceLog(connection: connection, keys: keys, node: node) {
            RedisSubscription(
                configuration,
                RedisSubscriptionOptions(channels: [keys.channel]),
                on: loop
            )
        }
        store = RedisStore(connection: dataConnection, log: log)
    }

    /// Makes subscriptions on the server of the log.
    var subscriptions: @Sendable (RedisSubscriptionOptions) -> RedisSubscription {
        var configuration = configuration
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(5),
            cap: .milliseconds(100),
            hopelessCap: .milliseconds(100)
        )
        return { [configuration, loop] in RedisSubscription(configuration, $0, on: loop) }
    }

    /// The source of a lane, as one of several of this node.
    func source(
        of lane: Lane,
        intake: Intake = Intake(),
        lease: Duration = .seconds(3)
    ) -> RedisStreamSource {
        RedisStreamSource(
            reader: RedisConnection(configuration, on: loop),
            writer: connection,
            keys: keys,
            options: RedisStreamSource.Options(
                consumer: node + lane.suffix,
                kinds: lane.kinds,
                isReadAhead: lane.isBatched,
                batchSize: lane.isBatched ? 256 : 1,
                lease: lease,
                claimInterval: .milliseconds(100)
            ),
            intake: intake
        )
    }

    func source(
        batchSize: Int = 256,
        lease: Duration = .seconds(3),
        forgetConsumersAfter: Duration = .seconds(60)
    ) -> RedisStreamSource {
        RedisStreamSource(
            reader: RedisConnection(configuration, on: loop),
            writer: connection,
            keys: keys,
            options: RedisStreamSource.Options(
                consumer: node,
                batchSize: batchSize,
                lease: lease,
                claimInterval: .milliseconds(100),
                forgetConsumersAfter: forgetConsumersAfter
            )
        )
    }
}
