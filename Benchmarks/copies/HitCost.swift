import CacheDomain
import Synchronization

/// What a read of a copy costs: with the coherence protocol, without it, and in the least that
/// could hold values for several threads, a dictionary under a lock.
enum HitCost {
    private static let keyCount = 10_000
    private static let reads = 2_000_000
    private static let rounds = 5

    static func measure() async {
        let names = (0..<keyCount).map { "app:user:\($0)" }
        let value = Array("a value of some length".utf8)
        let tier = LocalTier(LRUStorage(maxEntries: 2 * keyCount, maxBytes: 64 << 20))
        let gate = ServingGate(origin: .now)
        gate.open(until: .now + .seconds(3600))
        let cache = CacheLayer(
            store: InMemoryStore(InMemoryServer(), node: "bench"),
            tier: tier,
            gate: gate
        )
        let dictionary = Mutex<[String: [UInt8]]>([:])
        for name in names {
            let entry = LocalEntry(bytes: value, expiry: .now + .seconds(3600))
            tier.install(entry, forKey: name, ifUnchangedSince: tier.fillToken(forKey: name))
            dictionary.withLock { $0[name] = value }
        }
        await report("layer", names) { name in
            await cache.hit(name)
        }
        await report("tier", names) { name in
            tier.entry(forKey: name, at: .now)?.bytes.count ?? 0
        }
        await report("gate", names) { _ in
            gate.isOpen(at: .now) ? 22 : 0
        }
        await report("clock", names) { _ in
            ContinuousClock.now < end ? 22 : 0
        }
        await report("dictionary", names) { name in
            dictionary.withLock { $0[name]?.count ?? 0 }
        }
    }

    private static let end = ContinuousClock.now + .seconds(3600)

    /// The best round: others were disturbed.
    private static func report(
        _ what: String,
        _ names: [String],
        _ read: (String) async -> Int
    ) async {
        var best = Duration.seconds(1000)
        for _ in 0..<rounds {
            let begin = ContinuousClock.now
            var bytes = 0
            for index in 0..<reads { bytes += await read(names[index &* 7919 % keyCount]) }
            best = min(best, begin.duration(to: .now))
            precondition(bytes == 22 * reads, "\(what) has missed")
        }
        answer("\(what) \(best / reads / .nanoseconds(1))")
    }
}

extension CacheLayer {
    /// The length of the copy, or 0.
    fileprivate func hit(_ key: String) async -> Int {
        do throws(StoreError) {
            guard let hit = try await value(forKey: key), hit.origin == .local else { return 0 }
            return hit.bytes.count
        } catch {
            return 0
        }
    }
}
