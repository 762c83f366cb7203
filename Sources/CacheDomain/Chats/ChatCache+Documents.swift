/// What is written whole and read often: values that processes keep copies of.
extension ChatCache {
    /// Keeps the messages of a session.
    public func cacheHistory(
        _ history: some Encodable,
        forSession session: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        try await write(history, types.history, session, timeToLive)
    }

    /// The messages of a session, if they are known.
    public func history<History: Decodable>(
        _ type: History.Type,
        forSession session: String
    ) async throws(CacheError) -> History? {
        try await read(type, types.history, session)
    }

    /// Forgets the messages of a session, as there are more.
    @discardableResult
    public func invalidateHistory(forSession session: String) async throws(CacheError) -> Bool {
        let key = try key(of: types.history, session)
        return try await asking { () throws(StoreError) in try await cache.remove([key]) > 0 }
    }

    /// Keeps whether a vector store is in order.
    public func cacheVectorStoreValidation(
        _ validation: some Encodable,
        forStore store: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) {
        try await write(validation, types.vectorStore, store, timeToLive)
    }

    /// Whether a vector store is in order, if it is known.
    public func vectorStoreValidation<Validation: Decodable>(
        _ type: Validation.Type,
        forStore store: String
    ) async throws(CacheError) -> Validation? {
        try await read(type, types.vectorStore, store)
    }

    private func write(
        _ value: some Encodable,
        _ type: CachedType,
        _ identifier: String,
        _ timeToLive: Duration?
    ) async throws(CacheError) {
        let write = CacheWrite(
            key: try key(of: type, identifier),
            value: try encoding(type) { try coder.encode(value) },
            timeToLive: try life(type, timeToLive)
        )
        _ = try await asking { () throws(StoreError) in try await cache.write([write]) }
    }

    private func read<Value: Decodable>(
        _ value: Value.Type,
        _ type: CachedType,
        _ identifier: String
    ) async throws(CacheError) -> Value? {
        let key = try key(of: type, identifier)
        let hit = try await asking { () throws(StoreError) in try await cache.value(forKey: key) }
        return try hit.map { hit throws(CacheError) in
            try decoding(key) { try coder.decode(value, from: hit.bytes) }
        }
    }
}
