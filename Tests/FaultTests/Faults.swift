import TestSupport
import Testing

/// The program under the faults that a worker must survive, each beside real servers.
///
/// One test at a time: each has several processes. docs/FAULTS.md is the table of all faults.
@Suite("A worker under faults", .serialized, .timeLimit(.minutes(4)))
enum Faults {
    /// The broker that these tests may hurt: one for all, since starting takes seconds.
    static let broker = FaultBroker()
}

/// Starts the broker when the first test asks for it; it ends with the process.
actor FaultBroker {
    private var starting: Task<RabbitMQServer, any Error>?

    func server() async throws -> RabbitMQServer {
        let task = starting ?? Task { try await RabbitMQServer.start() }
        starting = task
        return try await task.value
    }
}

extension EventLedger {
    /// Waits until no job is left, and expects that each event had its effect, in its order
    /// unless the fault may change that.
    ///
    /// - Returns: The verdict, for what else a test wants to know.
    @discardableResult
    func expectWhole(
        inOrder: Bool = true,
        within limit: Duration = .seconds(60),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> LedgerVerdict {
        var verdict = try await verdict(within: limit)
        if !inOrder { verdict.outOfOrder = [] }
        #expect(verdict.isWhole, "\(verdict)", sourceLocation: sourceLocation)
        return verdict
    }
}
