import Synchronization

/// One source that several workers take from, each a batch at a time.
///
/// What one of them takes none of the others gets. The source runs with the first worker, stops
/// with any, and is closed by the last.
public final class SharedSource: Sendable {
    private let source: any JobSource
    private let count: Int
    private let state = Mutex(State())

    private struct State {
        var isRunning = false
        var closedCount = 0
        var isTaken = false
        var lastWaiter: UInt64 = 0
        var waiters: [(number: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private init(_ source: any JobSource, count: Int) {
        self.source = source
        self.count = count
    }

    /// So many sources that stand for the one.
    public static func shares(of source: any JobSource, _ count: Int) -> [any JobSource] {
        guard count > 1 else { return [source] }
        let shared = SharedSource(source, count: count)
        return (0..<count).map { _ in Share(shared: shared) }
    }

    private struct Share: JobSource {
        let shared: SharedSource

        var name: String { shared.source.name }
        /// A batch that is taken early would wait for one worker while another has time.
        var isReadAhead: Bool { false }

        func run() async { await shared.run() }
        func nextBatch() async throws(SourceError) -> DeliveryBatch? {
            try await shared.nextBatch()
        }
        func stop() async { await shared.source.stop() }
        var handedBackCount: Int { get async { await shared.source.handedBackCount } }
        func backlogs() async throws(SourceError) -> [Backlog] {
            try await shared.source.backlogs()
        }
        func close() async { await shared.close() }
    }

    private func run() async {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isFirst { await source.run() }
    }

    private func close() async {
        let isLast = state.withLock { state in
            state.closedCount += 1
            return state.closedCount == count
        }
        if isLast { await source.close() }
    }

    // MARK: One reader at a time

    private func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        guard await takeTurn() else { return nil }
        defer { endTurn() }
        return try await source.nextBatch()
    }

    /// False when the task was cancelled before its turn.
    private func takeTurn() async -> Bool {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    state.waiters.append((number, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.number == number }
                    .map { state.waiters.remove(at: $0).continuation }
            }
            waiter?.resume(returning: false)
        }
    }

    private func endTurn() {
        let next = state.withLock { state in
            state.isTaken = !state.waiters.isEmpty
            return state.waiters.isEmpty ? nil : state.waiters.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
