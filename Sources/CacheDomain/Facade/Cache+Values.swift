/// Single values.
extension Cache {
    /// The value of the key; nil where there is none, or none of this type.
    public func value<Value: Decodable>(
        _ type: Value.Type = Value.self,
        forKey key: String
    ) async throws(CacheError) -> Value? {
        try await found(type, forKey: key)?.value
    }

    /// The value of the key, or the given one where there is none.
    public func value<Value: Decodable>(
        forKey key: String,
        default other: Value
    ) async throws(CacheError) -> Value {
        try await value(Value.self, forKey: key) ?? other
    }

    /// Keeps a value, and says whether it could be encoded.
    @discardableResult
    public func setValue(
        _ value: some Encodable,
        forKey key: String,
        timeToLive: Duration? = nil,
        tags: [String] = []
    ) async throws(CacheError) -> Bool {
        let key = try fullKey(key)
        let life = try life(timeToLive, of: key)
        guard let bytes = encoded(value, forKey: key) else { return false }
        let write = write(bytes, forKey: key, life, tags)
        _ = try await asking { () throws(StoreError) in try await layer.write([write]) }
        tally.count { $0.writes += 1 }
        return true
    }

    /// Removes the key, and says whether there was anything.
    @discardableResult
    public func remove(_ key: String) async throws(CacheError) -> Bool {
        try await remove([key]) > 0
    }

    /// Whether there is a value.
    ///
    /// It is read: so the next read is answered by this process.
    public func exists(_ key: String) async throws(CacheError) -> Bool {
        let key = try fullKey(key)
        return try await asking { () throws(StoreError) in
            try await layer.value(forKey: key, policy: policy, keepsCopy: keepsCopies) != nil
        }
    }

    // MARK: Lives

    /// Gives what is there another time to live, and says whether anything is.
    @discardableResult
    public func expire(_ key: String, after timeToLive: Duration) async throws(CacheError) -> Bool {
        let key = try fullKey(key)
        let life = try life(timeToLive, of: key)
        return try await asking { () throws(StoreError) in
            try await layer.run(.expire(key, timeToLive: life))
        }
    }

    /// Begins the life of what is there anew, and says whether anything is.
    @discardableResult
    public func touch(_ key: String) async throws(CacheError) -> Bool {
        try await expire(key, after: timeToLive)
    }

    /// How long the key has to live.
    public func lifetime(_ key: String) async throws(CacheError) -> KeyLifetime {
        let key = try fullKey(key)
        return try await asking { () throws(StoreError) in try await layer.run(.lifetime(key)) }
    }

    // MARK: Numbers

    /// Adds to a whole number, which begins as zero, and returns the sum.
    ///
    /// A number that is there keeps the time it has to live.
    @discardableResult
    public func increment(
        _ key: String,
        by amount: Int = 1,
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Int {
        let key = try fullKey(key)
        let life = try life(timeToLive, of: key)
        let sum = try await asking { () throws(StoreError) in
            try await layer.run(.add(amount, to: key, timeToLive: life))
        }
        tally.count { $0.writes += 1 }
        return sum
    }

    /// Takes away from a whole number, which begins as zero, and returns the difference.
    @discardableResult
    public func decrement(
        _ key: String,
        by amount: Int = 1,
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Int {
        guard amount != .min else {
            throw CacheError(.operation, "\(key): \(amount) is too much to take away")
        }
        return try await increment(key, by: -amount, timeToLive: timeToLive)
    }

    // MARK: Within

    /// The value of the key, and where it was found.
    func found<Value: Decodable>(
        _ type: Value.Type,
        forKey key: String
    ) async throws(CacheError) -> (value: Value, origin: Hit.Origin)? {
        let key = try fullKey(key)
        let hit = try await asking { () throws(StoreError) in
            try await layer.value(forKey: key, policy: policy, keepsCopy: keepsCopies)
        }
        guard let value = await value(type, hit, forKey: key), let hit else { return nil }
        return (value, hit.origin)
    }

    func write(
        _ bytes: [UInt8],
        forKey key: String,
        _ life: Duration,
        _ tags: [String]
    ) -> CacheWrite {
        CacheWrite(
            key: key,
            value: bytes,
            timeToLive: life,
            tags: tags,
            keepsCopy: keepsCopies
        )
    }

    /// The value in a hit, counted as what it turns out to be.
    func value<Value: Decodable>(
        _ type: Value.Type,
        _ hit: Hit?,
        forKey key: String
    ) async -> Value? {
        guard let hit, let value = await decoded(type, hit.bytes, forKey: key) else {
            tally.count { $0.misses += 1 }
            return nil
        }
        tally.count { $0.found(at: hit.origin) }
        return value
    }
}
