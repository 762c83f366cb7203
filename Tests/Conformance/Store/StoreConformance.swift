import CacheDomain

/// What every `RemoteStore` and its `CoherenceLog` promise, in memory or on a real server.
public enum StoreConformance: Sendable {
    /// All promises; each wants a server with a log of its own.
    public static let checks: [Check<StoreServer>] =
        values + structures + transactions + oddNames + enumerating + purging + announcing
        + following + ordering + shuffling + loading

    /// More than any implementation handles in one step.
    static let manyKeys = 5000
    /// How many keys one change may name.
    static let stepLength = 500

    static func write(
        _ key: String,
        _ text: String,
        tags: [String] = [],
        _ condition: CacheWrite.Condition = .always
    ) -> CacheWrite {
        CacheWrite(
            key: key,
            value: Array(text.utf8),
            timeToLive: .seconds(600),
            tags: tags,
            condition: condition
        )
    }

    /// Writes many values, the key's name as each one's text.
    static func fill(
        _ store: any RemoteStore,
        _ keys: [String],
        tags: [String] = []
    ) async throws {
        for start in stride(from: 0, to: keys.count, by: stepLength) {
            let chunk = keys[start..<min(start + stepLength, keys.count)]
            _ = try await store.apply(Change(writes: chunk.map { write($0, $0, tags: tags) }))
        }
    }

    static func texts(_ store: any RemoteStore, _ keys: [String]) async throws -> [String?] {
        try await store.values(forKeys: keys).values
            .map { value in
                value.map { String(decoding: $0.bytes, as: UTF8.self) }
            }
    }

    /// How many of many keys have a value.
    static func present(_ store: any RemoteStore, _ keys: [String]) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: keys.count, by: stepLength) {
            let chunk = Array(keys[start..<min(start + stepLength, keys.count)])
            count += try await store.values(forKeys: chunk).values.count { $0 != nil }
        }
        return count
    }

    /// The whole journal, read page by page, without the times of its messages.
    static func journal(_ log: any CoherenceLog) async throws -> [CoherenceMessage] {
        var messages: [CoherenceMessage] = []
        while true {
            let next = (messages.last?.position.sequence ?? 0) + 1
            let page = try await log.journal(from: next, limit: stepLength)
            if page.isEmpty { return messages }
            for bytes in page { messages.append(try untimed(bytes)) }
        }
    }

    /// The message without its time, which is never the same.
    static func untimed(_ bytes: ArraySlice<UInt8>) throws -> CoherenceMessage {
        var message = try CoherenceMessage(parsing: bytes)
        message.publishedAt = nil
        return message
    }

    /// Bytes, because strings that are canonically equivalent are equal.
    static func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }

    static func sortedBytes(_ names: [String]) -> [[UInt8]] {
        bytes(names).sorted { $0.lexicographicallyPrecedes($1) }
    }
}
