import CacheDomain
import Synchronization
import TestSupport

/// Collects what a reader of the log hears.
final class LogListener: Sendable {
    private let state = Mutex(State())

    private struct State {
        var signals: [CoherenceSignal] = []
        var hasEnded = false
    }

    var signals: [CoherenceSignal] { state.withLock { $0.signals } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    var messages: [ArraySlice<UInt8>] {
        signals.compactMap { if case .message(let bytes) = $0 { bytes } else { nil } }
    }

    /// Follows the log while `body` runs, from before its begin; returns when following has ended.
    static func listening(
        to log: any CoherenceLog,
        _ body: @Sendable (LogListener) async throws -> Void
    ) async throws {
        let listener = LogListener()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.follow(log) }
            defer { group.cancelAll() }
            try await eventually("subscribed") { listener.signals.contains(.subscribed) }
            try await body(listener)
        }
    }

    func follow(_ log: any CoherenceLog) async {
        await log.follow { [self] signal in state.withLock { $0.signals.append(signal) } }
        state.withLock { $0.hasEnded = true }
    }

    /// Waits for as many messages and returns them.
    func messages(count: Int) async throws -> [ArraySlice<UInt8>] {
        try await eventually("\(count) messages heard") { messages.count >= count }
        return messages
    }
}
