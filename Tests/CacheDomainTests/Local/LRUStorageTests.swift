import CacheDomain
import TestSupport
import Testing

@Suite struct LRUStorageTests {
    private let start = ContinuousClock.now

    private func entry(_ text: String, after seconds: Int = 60) -> LocalEntry {
        LocalEntry(bytes: Array(text.utf8), expiry: start + .seconds(seconds))
    }

    @Test func `what was used longest ago goes first`() {
        var storage = LRUStorage(maxEntries: 3, maxBytes: 1000)
        for key in ["a", "b", "c"] { storage.insert(entry(key), forKey: key) }
        _ = storage.entry(forKey: "a", at: start)
        _ = storage.peek("b")
        storage.insert(entry("d"), forKey: "d")
        #expect(storage.peek("b") == nil)
        #expect(["a", "c", "d"].allSatisfy { storage.peek($0) != nil })
    }

    @Test func `an entry larger than the bound is not kept, and takes the old one along`() {
        var storage = LRUStorage(maxEntries: 3, maxBytes: 10)
        storage.insert(entry("small"), forKey: "k")
        storage.insert(entry("much too large"), forKey: "k")
        #expect(storage.count == 0)
        #expect(storage.byteCount == 0)
    }

    @Test func `a storage without room keeps nothing`() {
        for (entries, bytes) in [(0, 100), (100, 0)] {
            var storage = LRUStorage(maxEntries: entries, maxBytes: bytes)
            storage.insert(entry("v"), forKey: "k")
            #expect(storage.count == 0)
        }
    }

    @Test func `keys of equal characters and different bytes are different`() {
        var storage = LRUStorage(maxEntries: 3, maxBytes: 1000)
        storage.insert(entry("composed"), forKey: "caf\u{E9}")
        storage.insert(entry("decomposed"), forKey: "cafe\u{301}")
        #expect(storage.count == 2)
        #expect(storage.peek("caf\u{E9}") == entry("composed"))
        let wasHeld = storage.remove("cafe\u{301}")
        #expect(wasHeld)
        #expect(storage.peek("caf\u{E9}") == entry("composed"))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `any operations leave what a naive list would hold, within both bounds`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (maxEntries, maxBytes) = (Int.random(in: 1...8, using: &random), 60)
        var storage = LRUStorage(maxEntries: maxEntries, maxBytes: maxBytes)
        var model = NaiveLRU(maxEntries: maxEntries, maxBytes: maxBytes)
        var now = start
        for step in 0..<2000 {
            let key = String(repeating: "k", count: Int.random(in: 1...14, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let length = Int.random(in: 0...30, using: &random)
                let lifetime = Duration.seconds(Int.random(in: 1...40, using: &random))
                let new = LocalEntry(
                    bytes: [UInt8](repeating: UInt8(step % 256), count: length),
                    expiry: now + lifetime
                )
                storage.insert(new, forKey: key)
                model.insert(new, key)
            case 4..<7:
                let (found, expected) = (storage.entry(forKey: key, at: now), model.use(key, now))
                #expect(found == expected)
            case 7:
                let wasHeld = storage.remove(key)
                let removed = model.remove { held, _ in held == key }
                #expect(wasHeld == (removed == 1))
            case 8:
                let parity = Int.random(in: 2...5, using: &random)
                let condition = { (key: String, _: LocalEntry) in key.utf8.count % parity == 0 }
                let removed = storage.removeAll(where: condition)
                let expected = model.remove(where: condition)
                #expect(removed == expected)
            default:
                now += .seconds(1)
                if random.oneIn(5) {
                    storage.markAll()
                    model.markAll()
                }
                if random.oneIn(30) {
                    storage.removeAll()
                    _ = model.remove { _, _ in true }
                }
            }
            #expect(storage.count == model.entries.count, "seed \(seed), step \(step)")
            #expect(storage.byteCount == model.byteCount, "seed \(seed), step \(step)")
            #expect(storage.markedCount == model.marked.count, "seed \(seed), step \(step)")
            #expect(storage.evictedCount == model.evictedCount, "seed \(seed), step \(step)")
            #expect(storage.count <= maxEntries && storage.byteCount <= maxBytes)
            for (key, entry) in model.entries { #expect(storage.peek(key) == entry) }
        }
    }
}

/// The same as a list, the newest last.
private struct NaiveLRU {
    let maxEntries: Int
    let maxBytes: Int
    private(set) var entries: [(key: String, entry: LocalEntry)] = []
    private(set) var marked: Set<String> = []
    private(set) var evictedCount = 0

    init(maxEntries: Int, maxBytes: Int) {
        self.maxEntries = maxEntries
        self.maxBytes = maxBytes
    }

    var byteCount: Int { entries.reduce(0) { $0 + Self.size($1.key, $1.entry) } }

    mutating func insert(_ entry: LocalEntry, _ key: String) {
        entries.removeAll { $0.key == key }
        marked.remove(key)
        guard Self.size(key, entry) <= maxBytes else { return }
        entries.append((key, entry))
        while entries.count > maxEntries || byteCount > maxBytes {
            marked.remove(entries.removeFirst().key)
            evictedCount += 1
        }
    }

    mutating func markAll() { marked = Set(entries.map(\.key)) }

    mutating func use(_ key: String, _ now: ContinuousClock.Instant) -> LocalEntry? {
        guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let found = entries.remove(at: place)
        guard found.entry.expiry > now else {
            marked.remove(key)
            return nil
        }
        entries.append(found)
        return found.entry
    }

    mutating func remove(where condition: (String, LocalEntry) -> Bool) -> Int {
        let before = entries.count
        entries.removeAll { condition($0.key, $0.entry) }
        marked.formIntersection(entries.map(\.key))
        return before - entries.count
    }

    private static func size(_ key: String, _ entry: LocalEntry) -> Int {
        key.utf8.count + entry.bytes.count
    }
}
