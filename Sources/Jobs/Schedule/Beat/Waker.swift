/// Lets one task wait for a time or a word, whichever comes first.
final class Waker: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    /// Ends the present wait, or the next one.
    func wake() { continuation.yield() }

    /// Waits so long, or until `wake`; false when the task was cancelled.
    func wait(_ duration: Duration, on clock: any Clock<Duration>) async -> Bool {
        guard duration > .zero else { return !Task.isCancelled }
        await withDiscardingTaskGroup { group in
            group.addTask {
                if (try? await clock.sleep(for: duration)) != nil { self.wake() }
            }
            var iterator = stream.makeAsyncIterator()
            _ = await iterator.next()
            group.cancelAll()
        }
        return !Task.isCancelled
    }
}
