public import Telemetry

/// What a sales service keeps between requests, under keys `{namespace}:{type}:{identifier}:…`.
///
/// Inputs that are no identifiers are named by a hash that the caller makes, such as `InputDigest`.
/// A value that cannot be decoded is none, and is removed; one that cannot be encoded is not kept.
/// What throws says that the store could not be asked: go on without the cache.
///
/// ```swift
/// let domain = try DomainCache(layer, coder: JSONValueCoder())
/// try await domain.setConversation(state, id: "conversation-123", of: [.customer("456")])
/// let known = try await domain.conversation(State.self, id: "conversation-123")
/// ```
public struct DomainCache: Sendable {
    /// What it stands on, for all other keys of the namespace.
    public let cache: Cache
    /// The types of data, with their times to live.
    public let types: DomainTypes
    let observer: (any CacheObserver)?

    /// A cache of domain data on a layer.
    /// - Throws: `CacheError.Code.configuration` where there is no namespace, or a type cannot
    ///   live so long.
    public init(
        _ layer: CacheLayer,
        coder: any ValueCoder,
        types: DomainTypes = DomainTypes(),
        namespace: String = "ngx",
        policy: ReadPolicy = .askStore,
        observer: (any CacheObserver)? = nil,
        logger: Logger = Logger(SilentLog())
    ) throws(CacheError) {
        guard !namespace.isEmpty else {
            throw CacheError(.configuration, "the namespace of domain data is empty")
        }
        for type in types.all where type.timeToLive <= .zero {
            throw CacheError(.configuration, "a \(type.name) cannot live for \(type.timeToLive)")
        }
        cache = Cache(
            layer,
            namespace: namespace,
            coder: coder,
            policy: policy,
            logger: logger
        )
        self.types = types
        self.observer = observer
    }

    // MARK: Conversations and customers

    /// How far a conversation is.
    public func conversation<State: Decodable>(
        _ form: State.Type = State.self,
        id: String
    ) async throws(CacheError) -> State? {
        try await value(form, types.conversation, [id])
    }

    /// How far the conversations are, in their order, in one round trip.
    public func conversations<State: Decodable>(
        _ form: State.Type = State.self,
        ids: [String]
    ) async throws(CacheError) -> [State?] {
        var keys: [String] = []
        for id in ids { keys.append(try types.conversation.key([id])) }
        return try await cache.values(form, forKeys: keys)
    }

    /// Keeps how far a conversation is.
    @discardableResult
    public func setConversation(
        _ state: some Encodable,
        id: String,
        of owners: [DomainOwner] = [],
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await set(state, types.conversation, [id], owners, timeToLive)
    }

    /// What is known of a customer.
    public func customer<Customer: Decodable>(
        _ form: Customer.Type = Customer.self,
        id: String
    ) async throws(CacheError) -> Customer? {
        try await value(form, types.customer, [id])
    }

    /// Keeps what is known of a customer.
    @discardableResult
    public func setCustomer(
        _ customer: some Encodable,
        id: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await set(customer, types.customer, [id], [], timeToLive)
    }

    // MARK: Counters

    /// Counts, and returns the sum.
    @discardableResult
    public func incrementMetric(
        _ category: String,
        _ name: String,
        by amount: Int = 1
    ) async throws(CacheError) -> Int {
        let key = try types.metric.key(Self.distinct([category, name]))
        return try await cache.increment(key, by: amount, timeToLive: types.metric.timeToLive)
    }

    /// What has been counted; 0 where nothing has.
    ///
    /// The store is asked, so the number is exact, and no coder has a say in it.
    public func metric(_ category: String, _ name: String) async throws(CacheError) -> Int {
        let key = try cache.fullKey(types.metric.key(Self.distinct([category, name])))
        let bytes = try await cache.asking { () throws(StoreError) in
            try await cache.layer.run(.value(key))
        }
        cache.tally.count { tally in
            if bytes == nil { tally.misses += 1 } else { tally.found(at: .remote) }
        }
        guard let bytes else { return 0 }
        guard let number = Int(String(decoding: bytes, as: UTF8.self)) else {
            throw CacheError(.operation, "\(key) holds no whole number")
        }
        return number
    }

    // MARK: Within

    func value<Value: Decodable>(
        _ form: Value.Type,
        _ type: CachedType,
        _ identifiers: [String]
    ) async throws(CacheError) -> Value? {
        try await cache.value(form, of: type, Self.distinct(identifiers))
    }

    func set(
        _ value: some Encodable,
        _ type: CachedType,
        _ identifiers: [String],
        _ owners: [DomainOwner],
        _ timeToLive: Duration?
    ) async throws(CacheError) -> Bool {
        var tags: [String] = []
        for owner in owners { tags.append(try tag(of: owner)) }
        return try await cache.setValue(
            value,
            of: type,
            Self.distinct(identifiers),
            timeToLive: timeToLive,
            tags: tags
        )
    }

    /// Only the last identifier may have a colon in it, or two customers could have one key.
    private static func distinct(_ identifiers: [String]) throws(CacheError) -> [String] {
        for identifier in identifiers.dropLast() where identifier.utf8.contains(colon) {
            throw CacheError(.key, "\(identifier) has a colon: only the last part of a key may")
        }
        return identifiers
    }

    private static let colon = UInt8(ascii: ":")
}
