/// A function whose results a cache keeps; it is called as the function itself.
public struct CachedFunction<each Argument: Sendable, Output: Sendable>: Sendable {
    private let call: @concurrent @Sendable (repeat each Argument) async throws -> Output
    private let keying: @Sendable (repeat each Argument) -> String?

    init(
        key: @escaping @Sendable (repeat each Argument) -> String?,
        call: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) {
        keying = key
        self.call = call
    }

    /// The result that the cache has, or that of the function.
    /// - Throws: what the function throws, `LoadError.timedOut` and `CancellationError`; nothing
    ///   that fails in the cache.
    @concurrent public func callAsFunction(
        _ argument: repeat each Argument
    ) async throws -> Output {
        try await call(repeat each argument)
    }

    /// The key of the result within the namespace of the cache; nil where it keeps none.
    public func key(_ argument: repeat each Argument) -> String? {
        keying(repeat each argument)
    }
}
