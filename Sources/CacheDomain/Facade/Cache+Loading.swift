/// Values that are made where there are none.
extension Cache {
    /// The value of the key, loaded from its source where there is none.
    ///
    /// One reader of all processes loads, and the others wait for what he gets, as `policy` says.
    /// `load` gives nil where the source has no value. What fails in the cache alone ends no call:
    /// a value that cannot be kept is returned all the same, and what cannot be decoded is loaded.
    /// - Throws: what `load` throws, to all who wait for it; `LoadError`; `CacheError` where the
    ///   policy wants no load without the store; `CancellationError`.
    public func value<Value: Codable & Sendable>(
        _ type: Value.Type = Value.self,
        forKey key: String,
        policy: LoadPolicy,
        load: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        let key = try fullKey(key)
        var policy = policy
        policy.keepsCopy = policy.keepsCopy && keepsCopies
        do {
            let found = try await loaded(key, policy, load)
            guard let bytes = found.bytes else { return absent(found.origin) }
            let hit = Hit(bytes: bytes, origin: found.origin)
            if let value = await value(type, hit, forKey: key) { return value }
            // What was there was no such value, and is gone.
            let again = try await loaded(key, policy, load)
            guard let bytes = again.bytes else { return absent(again.origin) }
            if let value = await decoded(type, bytes, forKey: key) { return value }
            return try await load()
        } catch let unkept as Unkept<Value> {
            tally.count { $0.misses += 1 }
            return unkept.value
        }
    }

    /// The value of the key, loaded where there is none and kept for the time to live.
    public func value<Value: Codable & Sendable>(
        _ type: Value.Type = Value.self,
        forKey key: String,
        timeToLive: Duration? = nil,
        load: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        let life = try life(timeToLive, of: key)
        return try await value(
            type,
            forKey: key,
            policy: LoadPolicy(timeToLive: life),
            load: load
        )
    }

    private func loaded<Value: Encodable & Sendable>(
        _ key: String,
        _ policy: LoadPolicy,
        _ load: @escaping @Sendable () async throws -> Value?
    ) async throws -> LoadedValue {
        do {
            return try await layer.value(forKey: key, policy: policy) {
                guard let value = try await load() else { return nil }
                guard let bytes = encoded(value, forKey: key) else { throw Unkept(value: value) }
                return bytes
            }
        } catch let error as StoreError {
            tally.count { $0.errors += 1 }
            throw CacheError(error)
        }
    }

    /// That there is no value was known, or has been found out.
    private func absent<Value>(_ origin: Hit.Origin) -> Value? {
        tally.count { $0.found(at: origin) }
        return nil
    }
}

/// A value that was loaded and cannot be encoded, on its way to all who wait for it.
private struct Unkept<Value: Sendable>: Error {
    let value: Value
}
