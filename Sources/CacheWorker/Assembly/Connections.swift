import AMQPClient
import EventLoop
import RedisClient
import Telemetry

/// Makes the connections of one node, each named after what it is for.
///
/// The names show in the log, in CLIENT LIST of Redis and in the broker's list of connections.
struct Connections: Sendable {
    let node: String
    let loop: EventLoop
    let logger: Logger
    /// Where each connection can be asked how it is.
    let board = ConnectionBoard()

    func connection(to server: RedisConfiguration, for role: String) -> RedisConnection {
        let connection = RedisConnection(
            named(server, for: role),
            on: loop,
            logger: logger(for: role)
        )
        board.add { await connection.report(as: role) }
        return connection
    }

    func subscription(
        _ options: RedisSubscriptionOptions,
        at server: RedisConfiguration,
        for role: String
    ) -> RedisSubscription {
        RedisSubscription(
            named(server, for: role),
            options,
            on: loop,
            logger: logger(for: role)
        )
    }

    func named(_ broker: AMQPConfiguration, for role: String) -> AMQPConfiguration {
        var broker = broker
        broker.connectionName = "\(node):\(role)"
        return broker
    }

    func dependencies(for role: String) -> AMQPDependencies {
        AMQPDependencies(loop: loop, logger: logger(for: role))
    }

    private func named(_ server: RedisConfiguration, for role: String) -> RedisConfiguration {
        var server = server
        server.clientName = "\(node):\(role)"
        return server
    }

    private func logger(for role: String) -> Logger {
        logger.with(["connection": .string(role)])
    }
}
