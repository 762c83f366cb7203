@testable import CacheDomain

/// A storage of few entries that costs little to copy and to compare; it evicts nothing.
struct TinyStorage: LocalStorage {
    private(set) var entries: [(key: String, entry: LocalEntry)] = []

    var maxEntries: Int { .max }
    var maxBytes: Int { .max }
    var evictedCount: Int { 0 }
    private(set) var markedCount = 0

    mutating func markAll() { markedCount = count }

    var count: Int { entries.count }
    var byteCount: Int { entries.reduce(0) { $0 + $1.key.utf8.count + $1.entry.bytes.count } }

    private func place(of key: String) -> Int? { entries.firstIndex { $0.key == key } }

    func entry(forKey key: String, at now: ContinuousClock.Instant) -> LocalEntry? { peek(key) }

    func peek(_ key: String) -> LocalEntry? { place(of: key).map { entries[$0].entry } }

    func sample(_ count: Int) -> [String] { entries.prefix(count).map(\.key) }

    /// In the order of the keys, whatever came first.
    mutating func insert(_ entry: LocalEntry, forKey key: String) -> LocalEntry? {
        if let place = place(of: key) {
            defer { entries[place].entry = entry }
            return entries[place].entry
        }
        entries.append((key, entry))
        entries.sort { $0.key < $1.key }
        return nil
    }

    mutating func remove(_ key: String) -> Bool {
        guard let place = place(of: key) else { return false }
        entries.remove(at: place)
        return true
    }

    mutating func removeAll(where condition: (String, LocalEntry) -> Bool) -> Int {
        let before = count
        entries.removeAll { condition($0.key, $0.entry) }
        return before - count
    }

    mutating func removeAll() { entries.removeAll() }
}
