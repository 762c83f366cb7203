import Codecs

/// Keeps what was used last, within a number of entries and of bytes.
///
/// The nodes of the list live in one array and refer to each other by index, so an insertion or
/// a use allocates nothing once the array has grown.
public struct LRUStorage: LocalStorage {
    /// How many entries may be held.
    public let maxEntries: Int
    /// How many bytes of keys and values may be held.
    public let maxBytes: Int
    private var slots: [ExactString: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var newest = Self.none
    private var oldest = Self.none

    /// The bytes of keys and values held.
    public private(set) var byteCount = 0
    /// How many entries went so far because others came.
    public private(set) var evictedCount = 0
    /// How many of the entries were there when all were marked last.
    public private(set) var markedCount = 0
    /// How often all were marked: a node that came in at an earlier number has a mark.
    private var markNumber: UInt64 = 0

    /// Holds at most `maxEntries` entries and `maxBytes` bytes of keys and values.
    public init(maxEntries: Int, maxBytes: Int) {
        self.maxEntries = maxEntries
        self.maxBytes = maxBytes
    }

    /// How many entries there are.
    public var count: Int { slots.count }

    /// The entry of the key, which becomes the newest.
    public mutating func entry(
        forKey key: String,
        at now: ContinuousClock.Instant
    ) -> LocalEntry? {
        guard let slot = slots[ExactString(key)] else { return nil }
        guard nodes[slot].entry.expiry > now else {
            discard(slot)
            return nil
        }
        if slot != newest {
            unlink(slot)
            linkAsNewest(slot)
        }
        return nodes[slot].entry
    }

    /// The entry of the key, which keeps its place.
    public func peek(_ key: String) -> LocalEntry? {
        slots[ExactString(key)].map { nodes[$0].entry }
    }

    /// Keys from random places; one may come twice.
    public func sample(_ count: Int) -> [String] {
        guard !nodes.isEmpty else { return [] }
        return (0..<count)
            .compactMap { _ in
                let node = nodes[Int.random(in: nodes.indices)]
                return node.isVacant ? nil : node.key
            }
    }

    /// Inserts as the newest and evicts the oldest until the bounds hold.
    ///
    /// An entry larger than the whole bound is not kept.
    @discardableResult
    public mutating func insert(_ entry: LocalEntry, forKey key: String) -> LocalEntry? {
        let name = ExactString(key)
        let node = Node(key: key, entry: entry, markNumber: markNumber)
        guard let held = slots[name] else {
            add(node, named: name)
            return nil
        }
        let old = nodes[held].entry
        if node.byteCount == nodes[held].byteCount {
            replace(held, by: node)
        } else {
            discard(held)
            add(node, named: name)
        }
        return old
    }

    private mutating func add(_ node: Node, named name: ExactString) {
        guard maxEntries > 0, node.byteCount <= maxBytes else { return }
        while count >= maxEntries || byteCount + node.byteCount > maxBytes {
            discard(oldest)
            evictedCount += 1
        }
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            nodes[slot] = node
        } else {
            slot = nodes.count
            nodes.append(node)
        }
        slots[name] = slot
        byteCount += node.byteCount
        linkAsNewest(slot)
    }

    /// Puts a node of the same key and size into the place of an old one.
    private mutating func replace(_ slot: Int, by node: Node) {
        if nodes[slot].markNumber != markNumber { markedCount -= 1 }
        unlink(slot)
        nodes[slot] = node
        linkAsNewest(slot)
    }

    /// Removes one entry.
    public mutating func remove(_ key: String) -> Bool {
        guard let slot = slots[ExactString(key)] else { return false }
        discard(slot)
        return true
    }

    /// Looks at every entry once.
    public mutating func removeAll(where condition: (String, LocalEntry) -> Bool) -> Int {
        let before = count
        var slot = newest
        while slot != Self.none {
            let next = nodes[slot].older
            if condition(nodes[slot].key, nodes[slot].entry) { discard(slot) }
            slot = next
        }
        return before - count
    }

    /// Removes everything and gives the memory back.
    public mutating func removeAll() {
        let evictedCount = evictedCount
        self = LRUStorage(maxEntries: maxEntries, maxBytes: maxBytes)
        self.evictedCount = evictedCount
    }

    /// Marks all entries.
    public mutating func markAll() {
        markNumber += 1
        markedCount = count
    }

    private mutating func discard(_ slot: Int) {
        unlink(slot)
        slots[ExactString(nodes[slot].key)] = nil
        byteCount -= nodes[slot].byteCount
        if nodes[slot].markNumber != markNumber { markedCount -= 1 }
        nodes[slot] = Node.vacant
        free.append(slot)
    }

    private mutating func linkAsNewest(_ slot: Int) {
        nodes[slot].newer = Self.none
        nodes[slot].older = newest
        if newest != Self.none { nodes[newest].newer = slot } else { oldest = slot }
        newest = slot
    }

    private mutating func unlink(_ slot: Int) {
        let (newer, older) = (nodes[slot].newer, nodes[slot].older)
        if newer != Self.none { nodes[newer].older = older } else { newest = older }
        if older != Self.none { nodes[older].newer = newer } else { oldest = newer }
    }

    private static let none = -1

    private struct Node {
        let key: String
        let entry: LocalEntry
        let markNumber: UInt64
        var newer = LRUStorage.none
        var older = LRUStorage.none

        var isVacant = false

        var byteCount: Int { key.utf8.count + entry.bytes.count }
        static let vacant = Node(
            key: "",
            entry: LocalEntry(bytes: [], expiry: .now),
            markNumber: 0,
            isVacant: true
        )
    }
}
