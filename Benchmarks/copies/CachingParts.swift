import Backends
import CacheDomain
import EventLoop
import Glibc
import RedisClient
import Telemetry

/// The parts of a process that caches, put together as the program does.
struct CachingParts {
    /// Where the servers are reached: data, log (the same port where it is the same server), and
    /// the log for listening.
    struct Ports {
        let data: UInt16
        let log: UInt16
        let ear: UInt16

        var isSplit: Bool { data != log }
    }

    let logger: Logger
    let store: any RemoteStore
    let follower: CoherenceFollower
    let tier: LocalTier
    let cache: CacheLayer

    /// `watching` and `hearing` may put something in front of the store and of the log.
    init(
        ports: Ports,
        node: String,
        timing: CoherenceFollower.Timing,
        on loop: EventLoop,
        watching: (any RemoteStore) -> any RemoteStore = { $0 },
        hearing: (any CoherenceLog) -> any CoherenceLog = { $0 }
    ) {
        let logger = Logger(LineLog(descriptor: STDERR_FILENO, format: .text, level: .info))
        let keys = ControlKeys()
        let data = RedisConnection(Self.server(ports.data), on: loop, logger: logger)
        let jobs =
            ports.isSplit
            ? RedisConnection(Self.server(ports.log), on: loop, logger: logger) : data
        let log = RedisCoherenceLog(connection: jobs, keys: keys, node: node) {
            RedisSubscription(
                Self.server(ports.ear),
                RedisSubscriptionOptions(channels: [keys.channel]),
                on: loop,
                logger: logger
            )
        }
        self.logger = logger
        tier = LocalTier(LRUStorage(maxEntries: 10_000, maxBytes: 16 << 20))
        let redis = RedisStore(connection: data, log: log)
        follower = CoherenceFollower(
            log: hearing(log),
            store: redis.lifeBesideLog,
            tier: tier,
            timing: timing,
            logger: logger
        )
        store = watching(redis)
        cache = CacheLayer(
            store: store,
            tier: tier,
            gate: follower.gate,
            // Faults are short here, and what is not asked for is not judged.
            breaker: CircuitBreaker(openTime: .milliseconds(300))
        )
    }

    private static func server(_ port: UInt16) -> RedisConfiguration {
        RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port))
    }
}
