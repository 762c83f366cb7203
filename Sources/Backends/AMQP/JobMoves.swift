import AMQPClient
import Jobs
import Synchronization

/// Carries jobs to where they wait or lie dead, and acknowledges them then.
///
/// Usually that takes a moment, and who settles waits for it. But the broker may refuse what is
/// published, under an alarm or because a queue is full: then the jobs behind must not wait, so
/// they are left here, unacknowledged, until there is room. There are never more of them than the
/// broker sends ahead.
final class JobMoves: Sendable {
    /// How long who settles waits.
    static let patience = Duration.seconds(1)

    /// Jobs on their way, and whether they have arrived.
    final class Move: Sendable {
        let messages: [AMQPMessage]
        let deliveries: [AMQPDeliveryID]
        let byteCount: Int
        private let end = AsyncStream<Never>.makeStream()
        private let failure = Mutex<SourceError?>(nil)

        init(_ messages: [AMQPMessage], of deliveries: [AMQPDeliveryID], byteCount: Int) {
            self.messages = messages
            self.deliveries = deliveries
            self.byteCount = byteCount
        }

        func end(with error: SourceError?) {
            failure.withLock { $0 = error }
            end.continuation.finish()
        }

        /// Waits until it has ended, or the task was cancelled.
        func wait() async { for await _ in end.stream {} }

        /// Why it failed, as far as is known.
        var error: SourceError? { failure.withLock { $0 } }
    }

    private let moves = AsyncStream<Move>.makeStream()
    private let clock: any Clock<Duration>

    init(clock: any Clock<Duration>) { self.clock = clock }

    /// Carries all moves by `carry` until `finish`; what is under way then is given up.
    func run(
        _ carry: @escaping @Sendable (Move) async throws(SourceError) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            for await move in moves.stream {
                group.addTask {
                    do throws(SourceError) {
                        try await carry(move)
                        move.end(with: nil)
                    } catch {
                        move.end(with: error)
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Begins a move, and waits a moment for its end.
    func begin(_ move: Move) async throws(SourceError) {
        if case .terminated = moves.continuation.yield(move) {
            throw SourceError("the source was closed before the jobs were stored elsewhere")
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await move.wait() }
            // A sleep that is cancelled has done its duty: the end was first.
            group.addTask { [clock] in try? await clock.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
        if let error = move.error { throw error }
    }

    /// No move can begin any more.
    func finish() { moves.continuation.finish() }
}
