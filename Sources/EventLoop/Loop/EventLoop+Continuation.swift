extension EventLoop {
    /// Suspends the caller until the continuation is resumed, and resumes it by way of this loop.
    ///
    /// A continuation resumes on the executor its task prefers, else on the concurrency pool, and
    /// only from there on the caller's actor. For an actor of this loop that would be two hops
    /// between threads (some 15 µs), and a wait while the pool is busy. So the task prefers the
    /// loop for as long as it is suspended.
    ///
    /// `body` runs in the caller's isolation, but maybe in a later turn: whatever it builds on must
    /// be looked at in it, not before.
    public func withContinuation<Value: Sendable>(
        _ body: (CheckedContinuation<Value, Never>) -> Void
    ) async -> Value {
        await withTaskExecutorPreference(self) {
            await withCheckedContinuation(body)
        }
    }
}
