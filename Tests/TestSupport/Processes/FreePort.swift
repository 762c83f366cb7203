import Synchronization

/// Hands out ports of 127.0.0.1 on which a server can be started, and started again.
///
/// They lie below the range from which the kernel takes the ports of outgoing connections, so
/// that a stopped server finds its port free again. Another process may still win the race:
/// servers that cannot bind are started again on other ports.
public enum FreePort: Sendable {
    /// Below Linux's `ip_local_port_range`, above what services use by default.
    private static let range: ClosedRange<UInt16> = 10_000...31_999
    /// Looks before giving up; each costs one `bind`.
    private static let maxLooks = 1_000
    private static let taken = Mutex<Set<UInt16>>([])

    /// A port that no one listens on and that no one else in this process was given.
    public static func next() throws -> UInt16 {
        for _ in 0..<maxLooks {
            let port = UInt16.random(in: range)
            let isOurs = taken.withLock { $0.insert(port).inserted }
            if isOurs && LoopbackSocket.isFree(port: port) { return port }
        }
        throw NoFreePort()
    }

    /// Whether a server accepts connections on a port of 127.0.0.1.
    public static func accepts(_ port: UInt16) -> Bool {
        (try? LoopbackSocket.connect(port: port)) != nil
    }
}

/// All ports that were looked at are in use.
public struct NoFreePort: Error, CustomStringConvertible {
    /// What to do.
    public var description: String { "no free port on 127.0.0.1: end what listens there" }
}
