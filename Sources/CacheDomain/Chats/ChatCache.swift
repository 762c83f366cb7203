/// What a chat service keeps between requests, under keys that begin with a prefix:
/// `{prefix}:{type}:{identifier}:…`.
///
/// Every call is one round trip, and one step that no other client sees half done.
public struct ChatCache: Sendable {
    let cache: CacheLayer
    let coder: any ValueCoder & FieldCoder
    /// The types of data, with their times to live.
    public let types: ChatTypes
    /// What every key begins with.
    public let keyPrefix: String
    /// How many responses a chain keeps.
    public let maxChainLength: Int

    /// A cache for chats on a layer.
    public init(
        _ cache: CacheLayer,
        coder: any ValueCoder & FieldCoder,
        types: ChatTypes = ChatTypes(),
        keyPrefix: String = "drug_reco",
        maxChainLength: Int = 20
    ) throws(CacheError) {
        guard !keyPrefix.isEmpty else { throw CacheError(.configuration, "a key prefix is empty") }
        guard maxChainLength > 0 else {
            throw CacheError(.configuration, "a chain keeps 1 response at least")
        }
        for type in types.all where type.timeToLive <= .zero {
            throw CacheError(.configuration, "a \(type.name) lives longer than \(type.timeToLive)")
        }
        self.cache = cache
        self.coder = coder
        self.types = types
        self.keyPrefix = keyPrefix
        self.maxChainLength = maxChainLength
    }

    /// The key of one of a type, as other programs name it.
    public func key(of type: CachedType, _ identifiers: String...) throws(CacheError) -> String {
        try type.key(keyPrefix, identifiers)
    }

    func life(_ type: CachedType, _ timeToLive: Duration?) throws(CacheError) -> Duration {
        let life = timeToLive ?? type.timeToLive
        guard life > .zero else {
            throw CacheError(.timeToLive, "a \(type.name) cannot live for \(life)")
        }
        return life
    }

    /// Runs a part that speaks of the store, in the words of the cache.
    func asking<Answer>(
        _ body: () async throws(StoreError) -> Answer
    ) async throws(CacheError) -> Answer {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw CacheError(error)
        }
    }

    func encoding<Encoded>(
        _ type: CachedType,
        _ body: () throws -> Encoded
    ) throws(CacheError)
        -> Encoded
    {
        do { return try body() } catch {
            throw CacheError(.serialization, "a \(type.name) cannot be encoded", cause: error)
        }
    }

    func decoding<Decoded>(
        _ key: String,
        _ body: () throws -> Decoded
    ) throws(CacheError)
        -> Decoded
    {
        do { return try body() } catch {
            throw CacheError(.serialization, "what \(key) holds cannot be decoded", cause: error)
        }
    }

    // MARK: Any key of the service

    /// Whether the key holds anything.
    public func exists(_ key: String) async throws(CacheError) -> Bool {
        try await asking { () throws(StoreError) in try await cache.run(.exists(key)) }
    }

    /// Removes the key, and says whether there was anything.
    @discardableResult
    public func delete(_ key: String) async throws(CacheError) -> Bool {
        try await asking { () throws(StoreError) in try await cache.run(.remove(key)) }
    }

    /// Gives what is there another time to live, and says whether anything is.
    @discardableResult
    public func expire(_ key: String, after timeToLive: Duration) async throws(CacheError) -> Bool {
        guard timeToLive > .zero else {
            throw CacheError(.timeToLive, "\(key) cannot live for \(timeToLive)")
        }
        return try await asking { () throws(StoreError) in
            try await cache.run(.expire(key, timeToLive: timeToLive))
        }
    }

    /// How long the key has to live.
    public func lifetime(_ key: String) async throws(CacheError) -> KeyLifetime {
        try await asking { () throws(StoreError) in try await cache.run(.lifetime(key)) }
    }
}
