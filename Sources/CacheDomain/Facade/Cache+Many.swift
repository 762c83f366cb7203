import Codecs

/// Many values at once, and all of a kind.
extension Cache {
    /// How many keys an enumeration gives at most, unless it is told otherwise.
    public static var maxKeysListed: Int { 10_000 }

    /// The values of the keys, in their order; nil where there is none, or none of this type.
    ///
    /// What this process has no copy of is read in one round trip, if there are up to 1,000.
    public func values<Value: Decodable>(
        _ type: Value.Type = Value.self,
        forKeys keys: [String]
    ) async throws(CacheError) -> [Value?] {
        let keys = try fullKeys(keys)
        let hits = try await asking { () throws(StoreError) in
            try await layer.values(forKeys: keys, policy: policy, keepsCopy: keepsCopies)
        }
        var values: [Value?] = []
        values.reserveCapacity(hits.count)
        var counts = CacheCounts()
        for (key, hit) in zip(keys, hits) {
            let value: Value?
            // Only what is to be removed is worth a suspension.
            do { value = try hit.map { try coder.decode(type, from: $0.bytes) } } catch {
                await removeCorrupt(key, error)
                value = nil
            }
            if value != nil, let hit { counts.found(at: hit.origin) } else { counts.misses += 1 }
            values.append(value)
        }
        let all = counts
        tally.count { $0 = $0 + all }
        return values
    }

    /// Keeps the values, and returns how many of them could be encoded.
    ///
    /// Up to 1,000 of together less than a megabyte are written in one step and one round trip.
    @discardableResult
    public func setValues(
        _ values: some Sequence<(key: String, value: some Encodable)>,
        timeToLive: Duration? = nil,
        tags: [String] = []
    ) async throws(CacheError) -> Int {
        var writes: [CacheWrite] = []
        for (key, value) in values {
            let key = try fullKey(key)
            let life = try life(timeToLive, of: key)
            guard let bytes = encoded(value, forKey: key) else { continue }
            writes.append(write(bytes, forKey: key, life, tags))
        }
        let complete = writes
        _ = try await asking { () throws(StoreError) in try await layer.write(complete) }
        tally.count { $0.writes += complete.count }
        return complete.count
    }

    /// Removes the keys, and returns how many of them there were.
    @discardableResult
    public func remove(_ keys: [String]) async throws(CacheError) -> Int {
        let keys = try fullKeys(keys)
        let count = try await asking { () throws(StoreError) in try await layer.remove(keys) }
        tally.count { $0.removals += count }
        return count
    }

    /// The keys of this namespace that the glob matches, without the namespace, in any order.
    ///
    /// The store is gone through in bounded steps until there are `limit`.
    public func keys(
        matching pattern: String = "*",
        limit: Int = Self.maxKeysListed
    ) async throws(CacheError) -> [String] {
        var found: Set<ExactString> = []
        var cursor: KeyPage.Cursor?
        repeat {
            let page = try await asking { () throws(StoreError) in
                try await layer.keys(matching: fullPattern(pattern), from: cursor)
            }
            for key in page.keys where found.count < limit { found.insert(ExactString(key)) }
            cursor = page.next
        } while cursor != nil && found.count < limit
        return found.map { localKey($0.string) }
    }

    /// Removes the keys of this namespace that the glob matches, and returns how many that were.
    @discardableResult
    public func removeAll(matching pattern: String) async throws(CacheError) -> Int {
        try await purge(.pattern(fullPattern(pattern)))
    }

    /// Removes what has the tag, in whatever namespace, and returns how many keys that were.
    @discardableResult
    public func removeAll(taggedWith tag: String) async throws(CacheError) -> Int {
        guard !tag.isEmpty else { throw CacheError(.key, "a tag is empty") }
        return try await purge(.tag(tag))
    }

    /// Removes all of this namespace, or everything that is cached where it has none, and returns
    /// how many keys that were.
    @discardableResult
    public func removeAll() async throws(CacheError) -> Int {
        try await purge(namespace.isEmpty ? .pattern("*") : .namespace(namespace))
    }

    // MARK: Within

    private func purge(_ scope: PurgeScope) async throws(CacheError) -> Int {
        let count = try await asking { () throws(StoreError) in try await layer.purge([scope]) }
        tally.count { $0.removals += count }
        return count
    }

    private func fullKeys(_ keys: [String]) throws(CacheError) -> [String] {
        var names: [String] = []
        for key in keys { names.append(try fullKey(key)) }
        return names
    }

    /// The name of the namespace means itself, whatever a glob would read into it.
    private func fullPattern(_ pattern: String) -> String {
        namespace.isEmpty ? pattern : GlobPattern.escaping("\(namespace):") + pattern
    }

    private func localKey(_ key: String) -> String {
        guard !namespace.isEmpty else { return key }
        return String(decoding: key.utf8.dropFirst(namespace.utf8.count + 1), as: UTF8.self)
    }
}
