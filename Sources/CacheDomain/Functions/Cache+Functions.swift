import Telemetry

/// Functions whose results are kept, told apart by their arguments.
///
/// One caller of all processes runs the function, and the others wait for what he gets. Whatever
/// fails in the cache is counted and logged, and the function runs; what the function throws
/// reaches all who wait for it. A result that is nil is kept for the policy's `absenceTime` only.
extension Cache {
    /// The function, with its results kept under `name:argument:…` within the namespace.
    public func cached<each Argument, Output>(
        _ name: String,
        policy: FunctionPolicy = FunctionPolicy(),
        _ function: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) -> CachedFunction<repeat each Argument, Output>
    where
        repeat each Argument: LosslessStringConvertible & Sendable,
        Output: Codable & Sendable
    {
        cached(
            name,
            policy: policy,
            key: { (argument: repeat each Argument) in FunctionKey.text(repeat each argument) },
            function
        )
    }

    /// The function, with its results kept under its name and what `key` makes of its arguments.
    ///
    /// Without a name the key is all that `key` gives; where that is empty, the name alone, so that
    /// there is one result for all arguments; where it is nil, the result is not kept.
    public func cached<each Argument: Sendable, Output: Codable & Sendable>(
        _ name: String = "",
        policy: FunctionPolicy = FunctionPolicy(),
        key: @escaping @Sendable (repeat each Argument) -> String?,
        _ function: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
    ) -> CachedFunction<repeat each Argument, Output> {
        let key = { @Sendable (argument: repeat each Argument) in
            key(repeat each argument).map { FunctionKey.joined(name, $0) }
        }
        return CachedFunction(key: key) { @concurrent (argument: repeat each Argument) in
            let call = FunctionCall(function, repeat each argument)
            return try await result(forKey: key(repeat each argument), policy, call.run)
        }
    }

    // MARK: Within

    private func result<Output: Codable & Sendable>(
        forKey key: String?,
        _ policy: FunctionPolicy,
        _ run: @escaping @Sendable () async throws -> Output
    ) async throws -> Output {
        if let key {
            switch try await kept(forKey: key, policy, run) {
            case .found(let output): return output
            case .nothing:
                // For a function that always has a result another one has left the note.
                if let absence = Absence.value(of: Output.self) { return absence }
            case .failed: break
            }
        }
        return try await run()
    }

    private func kept<Output: Codable & Sendable>(
        forKey key: String,
        _ policy: FunctionPolicy,
        _ run: @escaping @Sendable () async throws -> Output
    ) async throws -> FunctionAnswer<Output> {
        do {
            let policy = try policy.loading(key, in: self)
            let output = try await value(Output.self, forKey: key, policy: policy) {
                do {
                    let output = try await run()
                    return Absence.isIn(output) ? nil : output
                } catch { throw FunctionFailure(cause: error) }
            }
            return output.map { .found($0) } ?? .nothing
        } catch let failure as FunctionFailure {
            throw failure.cause
        } catch let error as LoadError {
            // It has run for as long as it may.
            throw error
        } catch {
            try Task.checkCancellation()
            note(error, key)
            return .failed
        }
    }

    private func note(_ error: any Error, _ key: String) {
        // Failures of the store have been counted where they were met.
        if !((error as? CacheError)?.cause is StoreError) { tally.count { $0.errors += 1 } }
        logger.warning(
            "the cache fails and the function runs without it",
            ["key": .string(key), "error": .string("\(error)")]
        )
    }
}

/// What the cache has for a call.
private enum FunctionAnswer<Output> {
    case found(Output)
    case nothing
    /// The cache could not do its part.
    case failed
}

/// What a function has thrown, on its way through the cache to all who wait for it.
private struct FunctionFailure: Error {
    let cause: any Error
}
