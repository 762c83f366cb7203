import Codecs
import Synchronization

extension CacheLayer {
    /// How many keys are asked for behind stale answers at a time; the rest is asked for later.
    static let maxRefreshes = 64

    /// How many keys one reading of the store may name: it keeps the server busy.
    static let maxKeysPerReading = 1000

    /// The value of the key; nil when there is none.
    ///
    /// A copy in this process answers while it is known to be within the bound; `policy` says
    /// what happens else. Who keeps no copy leaves the room in the process to others.
    public func value(
        forKey key: String,
        policy: ReadPolicy = .askStore,
        keepsCopy: Bool = true
    ) async throws(StoreError) -> Hit? {
        let start = now()
        let held = tier.held(forKey: key, at: start)
        if let hit = answer(from: held, to: key, policy, at: start) { return hit }
        return try await ask([key], holding: [held], policy, keepsCopy)[0]
    }

    /// The values of the keys, in their order; nil where there is none.
    ///
    /// Those that no copy in this process answers are asked for together: in one round trip, if
    /// there are up to 1,000.
    public func values(
        forKeys keys: [String],
        policy: ReadPolicy = .askStore,
        keepsCopy: Bool = true
    ) async throws(StoreError) -> [Hit?] {
        let start = now()
        let held = tier.held(forKeys: keys, at: start)
        var hits: [Hit?] = []
        hits.reserveCapacity(keys.count)
        var missing: [Int] = []
        for (index, key) in keys.enumerated() {
            let hit = answer(from: held[index], to: key, policy, at: start)
            if hit == nil { missing.append(index) }
            hits.append(hit)
        }
        if !keys.isEmpty, missing.count == keys.count, keys.count <= Self.maxKeysPerReading {
            return try await ask(keys, holding: held, policy, keepsCopy)
        }
        var rest = missing[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Self.maxKeysPerReading)
            rest = rest.dropFirst(Self.maxKeysPerReading)
            let answers = try await ask(
                chunk.map { keys[$0] },
                holding: chunk.map { held[$0] },
                policy,
                keepsCopy
            )
            for (index, hit) in zip(chunk, answers) { hits[index] = hit }
        }
        return hits
    }

    /// What the copy answers without the store being asked first.
    private func answer(
        from held: HeldCopy?,
        to key: String,
        _ policy: ReadPolicy,
        at now: ContinuousClock.Instant
    ) -> Hit? {
        guard let held else { return nil }
        if held.isTrusted, gate.isOpen(at: now) {
            return Hit(stored: held.entry.bytes, origin: .local)
        }
        guard policy == .staleWhileRevalidate else { return nil }
        refresh(key)
        note(.stale)
        return Hit(stored: held.entry.bytes, origin: .stale)
    }

    private func ask(
        _ keys: [String],
        holding held: [HeldCopy?],
        _ policy: ReadPolicy,
        _ keepsCopy: Bool
    ) async throws(StoreError) -> [Hit?] {
        do throws(StoreError) {
            let stored = try await storedValues(forKeys: keys, keepsCopy)
            noteFound(held)
            return stored.map { $0.flatMap { Hit(stored: $0.bytes, origin: .remote) } }
        } catch {
            guard policy != .askStore, error.isRetriable, let copies = copies(of: keys) else {
                note(.failed, held.count { $0 != nil })
                throw error
            }
            note(.stale, copies.count)
            return copies.map { Hit(stored: $0, origin: .stale) }
        }
    }

    /// What is held of the keys; nil unless all are.
    private func copies(of keys: [String]) -> [[UInt8]]? {
        let now = now()
        let copies = keys.compactMap { tier.held(forKey: $0, at: now)?.entry.bytes }
        return copies.count == keys.count ? copies : nil
    }

    /// The store was asked though these were held.
    private func noteFound(_ held: [HeldCopy?]) {
        var (trusted, doubted) = (0, 0)
        for case let copy? in held {
            if copy.isTrusted { trusted += 1 } else { doubted += 1 }
        }
        note(.asked, trusted)
        note(.revalidated, doubted)
    }

    private func note(_ decision: ReadDecision, _ count: Int = 1) {
        if count > 0 { reading.withLock { $0.decisions[decision, default: 0] += count } }
    }

    /// What was decided so far about copies that might not be served as they were.
    public var decisions: [ReadDecision: Int] { reading.withLock { $0.decisions } }

    /// The value as the store has it, which replaces what this process holds.
    func storedValue(
        forKey key: String,
        keepsCopy: Bool = true
    ) async throws(StoreError) -> StoredValue? {
        try await storedValues(forKeys: [key], keepsCopy)[0]
    }

    /// The values as the store has them, which replace what this process holds.
    private func storedValues(
        forKeys keys: [String],
        _ keepsCopy: Bool
    ) async throws(StoreError) -> [StoredValue?] {
        let start = now()
        let tokens = tier.fillTokens(forKeys: keys)
        let reading = try await read(keys)
        let entries = reading.values.map { stored in
            stored.map { Self.entry($0, asOf: reading.position, readFrom: start) }
        }
        tier.settle(
            keys,
            entries,
            asOf: reading.position,
            ifUnchangedSince: tokens,
            keeping: keepsCopy
        )
        return reading.values
    }

    private static func entry(
        _ stored: StoredValue,
        asOf position: LogPosition?,
        readFrom start: ContinuousClock.Instant
    ) -> LocalEntry {
        LocalEntry(
            bytes: stored.bytes,
            expiry: localExpiry(stored.remaining, from: start),
            asOf: position,
            storeExpiry: stored.remaining.map { start + $0 }
        )
    }

    /// Asks the store, unless it has not answered for a while.
    private func read(_ keys: [String]) async throws(StoreError) -> StoreReading {
        guard reading.withLock({ $0.breaker.admits(at: now()) }) else {
            throw StoreError(.unavailable, "the store has not answered: it is not asked for now")
        }
        do throws(StoreError) {
            let values = try await store.values(forKeys: keys)
            reading.withLock { $0.breaker.succeeded() }
            return values
        } catch {
            reading.withLock { reading in
                if Task.isCancelled {
                    reading.breaker.abandoned()
                } else if error.isRetriable {
                    reading.breaker.failed(at: now())
                } else {
                    // It has answered.
                    reading.breaker.succeeded()
                }
            }
            throw error
        }
    }

    /// Asks for the key in a task of its own, once at a time.
    private func refresh(_ key: String) {
        let name = ExactString(key)
        let begins = reading.withLock { reading in
            reading.refreshes.count < Self.maxRefreshes && reading.refreshes.insert(name).inserted
        }
        guard begins else { return }
        Task {
            // What fails is asked for again by the next reader.
            _ = try? await storedValue(forKey: key)
            reading.withLock { _ = $0.refreshes.remove(name) }
        }
    }

    /// Whether the store is asked for values at this moment.
    public var breakerState: CircuitBreaker.State {
        reading.withLock { $0.breaker.state(at: now()) }
    }
}
