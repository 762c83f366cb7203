public import Telemetry

/// Typed values under a namespace of the cache: what a service works with.
///
/// A value that cannot be encoded is not kept, and one that cannot be decoded is removed; both are
/// counted and logged, and end no caller's work. What does throw says that the store could not be
/// asked, or that a key or a time cannot be one.
///
/// ```swift
/// let users = Cache(layer, namespace: "app:users", coder: JSONValueCoder())
/// try await users.setValue(ada, forKey: "1", timeToLive: .seconds(300))
/// let user = try await users.value(User.self, forKey: "1")
/// ```
public struct Cache: Sendable {
    /// What it stands on.
    public let layer: CacheLayer
    /// What every key begins with, before a colon; empty where keys are the whole ones.
    public let namespace: String
    /// How long values live that are not told otherwise.
    public let timeToLive: Duration
    let coder: any ValueCoder
    let policy: ReadPolicy
    let keepsCopies: Bool
    let logger: Logger
    let tally: CacheTally

    /// A cache on a layer; `policy` says what reads do when a copy may not be trusted.
    ///
    /// One that keeps no copies leaves the room in the process to others, and asks the store.
    public init(
        _ layer: CacheLayer,
        namespace: String = "",
        coder: any ValueCoder,
        timeToLive: Duration = .seconds(3600),
        policy: ReadPolicy = .askStore,
        keepsCopies: Bool = true,
        logger: Logger = Logger(SilentLog())
    ) {
        self.layer = layer
        self.namespace = namespace
        self.timeToLive = timeToLive
        self.coder = coder
        self.policy = policy
        self.keepsCopies = keepsCopies
        self.logger = logger
        tally = layer.usage.tally(of: namespace)
    }

    /// The cache of a namespace within this one, which is the same in all else.
    public func namespace(_ name: String, timeToLive: Duration? = nil) -> Cache {
        Cache(
            layer,
            namespace: namespace.isEmpty ? name : "\(namespace):\(name)",
            coder: coder,
            timeToLive: timeToLive ?? self.timeToLive,
            policy: policy,
            keepsCopies: keepsCopies,
            logger: logger
        )
    }

    /// The whole key, as the store has it.
    public func fullKey(_ key: String) throws(CacheError) -> String {
        guard !key.isEmpty else { throw CacheError(.key, "a key of \(title) is empty") }
        return namespace.isEmpty ? key : "\(namespace):\(key)"
    }

    /// What became of the calls on this namespace, by whichever cache of the layer.
    public var statistics: CacheCounts { tally.counts }

    // MARK: Within

    /// How error messages call it.
    private var title: String { namespace.isEmpty ? "the cache" : "the cache \(namespace)" }

    func life(_ timeToLive: Duration?, of key: String) throws(CacheError) -> Duration {
        let life = timeToLive ?? self.timeToLive
        guard life > .zero else {
            throw CacheError(.timeToLive, "\(key) cannot live for \(life): give it more than zero")
        }
        return life
    }

    /// Runs a part that speaks of the store, in the words of the cache; failures are counted.
    func asking<Answer>(
        _ body: () async throws(StoreError) -> Answer
    ) async throws(CacheError) -> Answer {
        do throws(StoreError) {
            return try await body()
        } catch {
            tally.count { $0.errors += 1 }
            throw CacheError(error)
        }
    }

    /// The bytes of a value; nil, counted and logged, if it has none.
    func encoded(_ value: some Encodable, forKey key: String) -> [UInt8]? {
        do { return try coder.encode(value) } catch {
            tally.count { $0.unencodable += 1 }
            logger.warning(
                "a value cannot be encoded and is not cached",
                ["key": .string(key), "error": .string("\(error)")]
            )
            return nil
        }
    }

    /// The value in what was found; nil if it is none, which is removed, counted and logged.
    func decoded<Value: Decodable>(
        _ type: Value.Type,
        _ bytes: [UInt8],
        forKey key: String
    ) async -> Value? {
        do { return try coder.decode(type, from: bytes) } catch {
            await removeCorrupt(key, error)
            return nil
        }
    }

    func removeCorrupt(_ key: String, _ error: any Error) async {
        tally.count { $0.corrupt += 1 }
        logger.warning(
            "a cached value cannot be decoded and is removed",
            ["key": .string(key), "error": .string("\(error)")]
        )
        do throws(StoreError) {
            try await layer.remove([key])
        } catch {
            // The next reader finds it as corrupt as this one.
            tally.count { $0.errors += 1 }
        }
    }
}
