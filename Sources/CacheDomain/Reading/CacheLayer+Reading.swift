import Codecs
import Synchronization

extension CacheLayer {
    /// How many keys are asked for behind stale answers at a time; the rest is asked for later.
    static let maxRefreshes = 64

    /// The value of the key; nil when there is none.
    ///
    /// A copy in this process answers while it is known to be within the bound; `policy` says
    /// what happens else.
    public func value(
        forKey key: String,
        policy: ReadPolicy = .askStore
    ) async throws(StoreError) -> Hit? {
        let start = now()
        let held = tier.held(forKey: key, at: start)
        if let held, held.isTrusted, gate.isOpen(at: start) {
            return Hit(stored: held.entry.bytes, origin: .local)
        }
        if let held, policy == .staleWhileRevalidate {
            refresh(key)
            note(.stale)
            return Hit(stored: held.entry.bytes, origin: .stale)
        }
        do throws(StoreError) {
            let stored = try await storedValue(forKey: key)
            if let held { note(held.isTrusted ? .asked : .revalidated) }
            return stored.flatMap { Hit(stored: $0.bytes, origin: .remote) }
        } catch {
            guard policy != .askStore, error.isRetriable,
                let held = tier.held(forKey: key, at: now())
            else {
                if held != nil { note(.failed) }
                throw error
            }
            note(.stale)
            return Hit(stored: held.entry.bytes, origin: .stale)
        }
    }

    private func note(_ decision: ReadDecision) {
        reading.withLock { $0.decisions[decision, default: 0] += 1 }
    }

    /// What was decided so far about copies that might not be served as they were.
    public var decisions: [ReadDecision: Int] { reading.withLock { $0.decisions } }

    /// The value as the store has it, which replaces what this process holds.
    func storedValue(forKey key: String) async throws(StoreError) -> StoredValue? {
        let start = now()
        let token = tier.fillToken(forKey: key)
        let reading = try await read([key])
        guard let stored = reading.values.first ?? nil else {
            tier.discard(key, asOf: reading.position, ifUnchangedSince: token)
            return nil
        }
        let entry = LocalEntry(
            bytes: stored.bytes,
            expiry: Self.localExpiry(stored.remaining, from: start),
            asOf: reading.position,
            storeExpiry: stored.remaining.map { start + $0 }
        )
        tier.install(entry, forKey: key, ifUnchangedSince: token)
        return stored
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
