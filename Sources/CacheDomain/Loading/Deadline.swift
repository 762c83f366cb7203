/// A time that a body of code may take.
struct Deadline {
    let limit: Duration
    let clock: any Clock<Duration>
    let error: any Error

    /// Runs the body; throws the error when that takes longer, and the body's own errors.
    ///
    /// Then, and when the caller is cancelled, the body is cancelled and not waited for, so that
    /// one that does not heed it keeps nobody.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (outcomes, report) = AsyncStream.makeStream(
            of: Result<Value, any Error>.self,
            bufferingPolicy: .bufferingOldest(1)
        )
        let work = Task {
            do { report.yield(.success(try await body())) } catch { report.yield(.failure(error)) }
        }
        let timer = Task { [limit, clock, error] in
            // Who is cancelled has been answered.
            if (try? await clock.sleep(for: limit)) != nil { report.yield(.failure(error)) }
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        for await outcome in outcomes { return try outcome.get() }
        throw CancellationError()
    }
}
