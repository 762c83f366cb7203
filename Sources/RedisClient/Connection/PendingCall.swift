/// A pipeline on its way and the task that waits for its replies.
final class PendingCall: @unchecked Sendable {
    // Guard: every member belongs to the thread of the connection's loop.

    typealias Answer = Result<PipelineReplies, RedisError>

    /// Its place in the order of submission; nil before that.
    private(set) var id: UInt64?
    private(set) var pipeline: Pipeline
    private var continuation: CheckedContinuation<Answer, Never>?

    init(_ pipeline: Pipeline) { self.pipeline = pipeline }

    func begin(id: UInt64, _ continuation: CheckedContinuation<Answer, Never>) {
        self.id = id
        self.continuation = continuation
    }

    /// Hands out the bytes to write and forgets them.
    func takePipeline() -> Pipeline {
        defer { pipeline = Pipeline() }
        return pipeline
    }

    /// Wakes the caller; later calls do nothing.
    func settle(_ answer: Answer) {
        continuation?.resume(returning: answer)
        continuation = nil
    }
}
