import CacheDomain
import Codecs
import TestSupport

extension StoreConformance {
    /// One event of a random history.
    private enum Event: Sendable {
        case write(CacheWrite)
        case remove([String])
        case purge(PurgeScope)
    }

    /// A naive cache to which all happens in order.
    private struct Model {
        var values: [String: String] = [:]
        var tags: [String: Set<String>] = [:]

        mutating func perform(_ event: Event) {
            switch event {
            case .write(let write):
                values[write.key] = String(decoding: write.value, as: UTF8.self)
                for tag in write.tags { tags[tag, default: []].insert(write.key) }
            case .remove(let keys): for key in keys { values[key] = nil }
            case .purge(.tag(let tag)):
                for key in tags.removeValue(forKey: tag) ?? [] { values[key] = nil }
            case .purge(.namespace(let name)):
                values = values.filter { !$0.key.hasPrefix("\(name):") }
            case .purge(.pattern(let glob)):
                let glob = GlobPattern(glob)
                values = values.filter { !glob.matches($0.key) }
            }
        }
    }

    private static func event(
        _ number: Int,
        _ names: (keys: [String], tags: [String]),
        _ prefix: String,
        _ random: inout SeededGenerator
    ) -> Event {
        let key = names.keys[Int.random(in: names.keys.indices, using: &random)]
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where !names.tags.isEmpty:
            return .purge(.tag(names.tags[Int.random(in: names.tags.indices, using: &random)]))
        case 1: return .purge(.namespace("\(prefix):\(Int.random(in: 0...1, using: &random))"))
        case 2: return .purge(.pattern("\(prefix):?:[0-\(Int.random(in: 0...3, using: &random))]"))
        case 3..<6: return .remove([key, names.keys[0]])
        default:
            let tags = names.tags.filter { _ in random.oneIn(3) }
            return .write(write(key, "\(number)", tags: tags))
        }
    }

    private static func perform(
        _ event: Event,
        _ stamp: OrderStamp,
        on store: any RemoteStore
    ) async throws {
        switch event {
        case .write(var write):
            write.stamp = stamp
            _ = try await store.apply(Change(writes: [write]))
        case .remove(let keys):
            let stamps: [OrderStamp?] = keys.map { _ in stamp }
            _ = try await store.apply(Change(removals: keys, removalStamps: stamps))
        case .purge(let scope): _ = try await store.purge(scope, stamp: stamp) { _, _ in }
        }
    }

    /// Applies a history of three clients in any order, some events twice; gives what became of
    /// each key and what should have.
    private static func shuffle(
        _ server: StoreServer,
        seed: UInt64,
        tagCount: Int
    ) async throws -> [(key: String, found: String?, expected: String?)] {
        var random = SeededGenerator(seed: seed)
        let prefix = server.key("s\(seed)")
        let keys = (0..<8).map { "\(prefix):\($0 % 2):\($0 / 2)" }
        let tags = (0..<tagCount).map { server.tag("s\(seed) \($0)") }
        var model = Model()
        var shares: [[(event: Event, stamp: OrderStamp)]] = [[], [], []]
        for number in 1...40 {
            let event = event(number, (keys, tags), prefix, &random)
            model.perform(event)
            let stamp = at(Int(seed) * 1_000 + number)
            for _ in 0..<(random.oneIn(4) ? 2 : 1) {
                shares[Int.random(in: 0..<3, using: &random)].append((event, stamp))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, share) in shares.enumerated() {
                let share = share.shuffled(using: &random)
                let store = try await server.client("node \(number)").store
                group.addTask {
                    for (event, stamp) in share { try await perform(event, stamp, on: store) }
                }
            }
            try await group.waitForAll()
        }
        let found = try await texts(try await server.client("reader").store, keys)
        return zip(keys, found).map { ($0, $1, model.values[$0]) }
    }

    /// Random histories; a failure names the seed that repeats it.
    public static let shuffling: [Check<StoreServer>] = [
        Check("In whatever order changes are made, each key holds what its last one says") {
            server in
            try await server.unsettle()
            for seed in 0..<15 as Range<UInt64> {
                for key in try await shuffle(server, seed: seed, tagCount: 0) {
                    try require("seed \(seed), \(key.key)", key.found, is: key.expected)
                }
            }
        },
        Check("With tags no key holds anything but what its last change says, or nothing") {
            server in
            try await server.unsettle()
            for seed in 100..<115 as Range<UInt64> {
                let keys = try await shuffle(server, seed: seed, tagCount: 2)
                for key in keys where key.found != nil {
                    try require("seed \(seed), \(key.key)", key.found, is: key.expected)
                }
            }
        },
    ]
}
