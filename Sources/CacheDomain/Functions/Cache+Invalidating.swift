import Codecs
import Telemetry

/// Functions that change something, and take what is cached of it away.
extension Cache {
    /// The function, after which what the scopes cover is removed everywhere.
    ///
    /// That is done when it has thrown, too, or its caller is cancelled, since the change may have
    /// been made. A removal that fails is counted and logged, and ends nobody's work: what is
    /// cached lives on until its end. Where it has to be certain, send the event
    /// `cache.invalidate`, which is done as soon as it can be.
    public func invalidating<each Argument: Sendable, Output: Sendable>(
        _ scopes: [CacheScope],
        _ function: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) -> @concurrent @Sendable (repeat each Argument) async throws -> Output {
        { @concurrent (argument: repeat each Argument) in
            let call = FunctionCall(function, repeat each argument)
            return try await changing(scopes, call.run)
        }
    }

    /// The function, after which what `scopes` names for its arguments is removed everywhere, as
    /// above.
    public func invalidating<each Argument: Sendable, Output: Sendable>(
        by scopes: @escaping @Sendable (repeat each Argument) -> [CacheScope],
        _ function: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) -> @concurrent @Sendable (repeat each Argument) async throws -> Output {
        { @concurrent (argument: repeat each Argument) in
            let call = FunctionCall(function, repeat each argument)
            return try await changing(scopes(repeat each argument), call.run)
        }
    }

    /// Removes what the scope covers, and returns how many keys that were.
    @discardableResult
    public func removeAll(in scope: CacheScope) async throws(CacheError) -> Int {
        switch scope {
        case .key(let key): try await remove([key])
        case .function(let name):
            try await remove([name])
                + removeAll(matching: GlobPattern.escaping("\(name):") + "*")
        case .pattern(let pattern): try await removeAll(matching: pattern)
        case .tag(let tag): try await removeAll(taggedWith: tag)
        case .everything: try await removeAll()
        }
    }

    private func changing<Output>(
        _ scopes: [CacheScope],
        _ change: () async throws -> Output
    ) async throws -> Output {
        do {
            let output = try await change()
            await invalidate(scopes)
            return output
        } catch {
            await invalidate(scopes)
            throw error
        }
    }

    /// In a task of its own, which goes on when the caller is cancelled.
    private func invalidate(_ scopes: [CacheScope]) async {
        await Task {
            for scope in scopes {
                do throws(CacheError) {
                    try await removeAll(in: scope)
                } catch {
                    logger.error(
                        "what a change made old is not removed, and lives until its end",
                        ["scope": .string(scope.title), "error": .string("\(error)")]
                    )
                }
            }
        }
        .value
    }
}
