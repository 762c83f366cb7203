import Jobs
import TestSupport

/// What every `JobSource` and the queue behind it promise, in memory or on a real broker.
public enum SourceConformance: Sendable {
    /// All promises; each wants a queue of its own.
    public static let checks: [Check<JobServer>] = delivering + settling + waiting + ending

    /// Enough for several batches.
    static let many = (0..<300).map { "job \($0)" }

    static let done = Consumer.Habit.settle { _ in .done }

    static func requireSettled(_ server: JobServer) async throws {
        try await eventually("nothing is left unsettled") {
            try await server.unsettledCount() == 0
        }
    }

    /// Runs a new source while `body` uses it, and closes it, which ends its run.
    static func running(
        _ source: any JobSource,
        _ body: (any JobSource) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await source.run() }
            do {
                try await body(source)
            } catch {
                await source.close()
                throw error
            }
            await source.close()
            try await group.waitForAll()
        }
    }

    /// The next batch as text, settled by one outcome for all its jobs, or dropped.
    static func next(_ source: any JobSource, _ outcome: Outcome?) async throws -> [String]? {
        guard let batch = try await source.nextBatch() else { return nil }
        let bodies = batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
        if let outcome { try await batch.settle(bodies.map { _ in outcome }) }
        return bodies
    }
}
