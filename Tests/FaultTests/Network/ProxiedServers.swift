import TestSupport

/// The servers of a deployment, each behind a proxy of its own.
struct ProxiedServers {
    /// Seconds: a lost broker is found out soon.
    static let heartbeat = 2

    let redis: TCPProxy
    let broker: TCPProxy?
    /// What a worker must be told to go through the proxies.
    let settings: [String: String]

    init(_ deployment: Deployment, seed: UInt64 = 1, in network: PrivateNetwork? = nil) throws {
        redis = try TCPProxy(to: deployment.redis.port, seed: seed, in: network)
        broker = try deployment.host
            .map { try TCPProxy(to: $0.server.port, seed: seed, in: network) }
        var settings = ["REDIS_URL": deployment.redis.url(through: redis)]
        if let broker, let host = deployment.host {
            settings["AMQP_URL"] = host.url(through: broker, heartbeat: Self.heartbeat)
        }
        self.settings = settings
    }

    var all: [TCPProxy] { [redis] + (broker.map { [$0] } ?? []) }

    func set(_ rule: ProxyRule) {
        for proxy in all { proxy.set(rule) }
    }

    func cut() {
        for proxy in all { proxy.cut() }
    }

    func close() {
        for proxy in all { proxy.close() }
    }
}
