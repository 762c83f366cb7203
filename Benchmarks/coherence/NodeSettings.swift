import CacheDomain
import EventLoop
import RedisClient

/// The environment of a node.
struct NodeSettings: Sendable {
    let slot = number("SLOT")
    let incarnation = number("INCARNATION")
    let keyCount = number("KEYS")
    let folder = variable("PIPES") ?? "."
    let readRate = number("READ_RATE")
    let writeRate = number("WRITE_RATE")
    let dataPort = number("DATA_PORT")
    let logPort = number("LOG_PORT")
    let earPort = number("EAR_PORT")

    /// Whether data and log are on two servers.
    var isSplit: Bool { dataPort != logPort }

    var timing: CoherenceFollower.Timing {
        let lease = number("LEASE")
        return CoherenceFollower.Timing(
            heartbeat: .milliseconds(number("HEARTBEAT")),
            lease: lease == 0 ? .seconds(1_000_000) : .milliseconds(lease),
            canary: .milliseconds(number("CANARY"))
        )
    }

    func server(_ port: Int) -> RedisConfiguration {
        RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: UInt16(port)))
    }
}
