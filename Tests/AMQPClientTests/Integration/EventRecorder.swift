import AMQPClient
import Synchronization
import TestSupport

/// Keeps what a consumer or publisher told, for tests to wait on.
final class EventRecorder: Sendable {
    private let seen = Mutex<[AMQPEvent]>([])

    var events: [AMQPEvent] { seen.withLock { $0 } }

    func record(_ event: AMQPEvent) { seen.withLock { $0.append(event) } }

    /// The first event, from the one with number `start` on, that `select` makes something of.
    func first<T: Sendable>(
        _ what: String,
        after start: Int = 0,
        within limit: Duration = .seconds(60),
        _ select: @Sendable (AMQPEvent) -> T?
    ) async throws -> T {
        try await eventualValue(what, within: limit) {
            self.events.dropFirst(start).lazy.compactMap(select).first
        }
    }
}
