import CacheDomain

/// The environment of a node.
struct NodeSettings: Sendable {
    let slot = number("SLOT")
    let incarnation = number("INCARNATION")
    let keyCount = number("KEYS")
    let folder = variable("PIPES") ?? "."
    let readRate = number("READ_RATE")
    let writeRate = number("WRITE_RATE")
    let ports = CachingParts.Ports(
        data: UInt16(number("DATA_PORT")),
        log: UInt16(number("LOG_PORT")),
        ear: UInt16(number("EAR_PORT"))
    )

    var timing: CoherenceFollower.Timing {
        let lease = number("LEASE")
        return CoherenceFollower.Timing(
            heartbeat: .milliseconds(number("HEARTBEAT")),
            lease: lease == 0 ? .seconds(1_000_000) : .milliseconds(lease),
            canary: .milliseconds(number("CANARY"))
        )
    }
}
