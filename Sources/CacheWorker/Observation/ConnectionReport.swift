import AMQPClient
import RedisClient

/// How one connection is doing.
struct ConnectionReport: Sendable, Equatable {
    /// What it connects to: redis or amqp.
    let server: String
    /// What it is for: data, jobs, reader, consumer, publisher.
    let role: String
    /// Whether it can be used now.
    let isReady: Bool
    /// How often it was made.
    let connectionCount: Int
    /// Why it cannot be used, in a sentence.
    let problem: String?
    /// Attempts that failed and connections that were lost, by reason.
    var failures: [String: Int] = [:]

    /// How often it was made again.
    var reconnectCount: Int { max(0, connectionCount - 1) }
}

extension RedisConnection {
    func report(as role: String) -> ConnectionReport {
        ConnectionReport(
            server: "redis",
            role: role,
            isReady: isReady,
            connectionCount: statistics.connections,
            problem: isReady ? nil : lastFailure?.message ?? "not connected yet",
            failures: statistics.failures
        )
    }
}

extension AMQPStatus {
    func report(as role: String) -> ConnectionReport {
        ConnectionReport(
            server: "amqp",
            role: role,
            isReady: isReady,
            connectionCount: connectionCount,
            problem: isReady ? nil : problem,
            failures: failures
        )
    }

    private var problem: String {
        if !isConnected { return lastError?.description ?? "not connected yet" }
        if let blockedReason { return "RabbitMQ takes no messages: \(blockedReason)" }
        if problems.isEmpty { return "being set up" }
        return problems.map(\.description).joined(separator: "; ")
    }
}
