/// Finds a key that an object has twice, in O(n log n) comparisons on any input.
///
/// A hash table would be faster on large objects, but only as long as nobody chooses the keys;
/// sorting has no bad case. Keys are compared as content: `"a"` and `"\u0061"` are the same key.
enum JSONKeyCheck {
    /// Up to here every pair is compared, which needs no memory.
    static let pairwiseLimit = 8

    /// A key with its first eight bytes, which decide nearly every comparison.
    private struct Candidate {
        let prefix: UInt64
        let entry: Int
    }

    /// The later one of two equal keys of the closed object at `object`, as its index on the tape.
    static func duplicate(
        in object: Int,
        _ entries: [JSONTapeEntry],
        _ text: Span<UInt8>
    ) -> Int? {
        let count = entries[object].count
        if count < 2 { return nil }
        return count <= pairwiseLimit
            ? duplicateByPairs(in: object, entries, text)
            : duplicateBySorting(in: object, entries, text)
    }

    private static func duplicateByPairs(
        in object: Int,
        _ entries: [JSONTapeEntry],
        _ text: Span<UInt8>
    ) -> Int? {
        let end = Int(entries[object].next)
        var first = object + 1
        while first < end {
            var second = Int(entries[first + 1].next)
            let successor = second
            while second < end {
                if areEqual(entries[first], entries[second], text) { return second }
                second = Int(entries[second + 1].next)
            }
            first = successor
        }
        return nil
    }

    private static func duplicateBySorting(
        in object: Int,
        _ entries: [JSONTapeEntry],
        _ text: Span<UInt8>
    ) -> Int? {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(Int(entries[object].count))
        let end = Int(entries[object].next)
        var key = object + 1
        while key < end {
            candidates.append(Candidate(prefix: prefix(entries[key], text), entry: key))
            key = Int(entries[key + 1].next)
        }
        candidates.sort { first, second in
            first.prefix != second.prefix
                ? first.prefix < second.prefix
                : order(entries[first.entry], entries[second.entry], text) < 0
        }
        for (first, second) in zip(candidates, candidates.dropFirst())
        where first.prefix == second.prefix
            && areEqual(entries[first.entry], entries[second.entry], text)
        {
            return max(first.entry, second.entry)
        }
        return nil
    }

    private static func areEqual(
        _ first: JSONTapeEntry,
        _ second: JSONTapeEntry,
        _ text: Span<UInt8>
    ) -> Bool {
        if !first.isEscaped, !second.isEscaped, first.content.count != second.content.count {
            return false
        }
        return order(first, second, text) == 0
    }

    /// Negative, zero or positive as the first key stands before, at or behind the second.
    private static func order(
        _ first: JSONTapeEntry,
        _ second: JSONTapeEntry,
        _ text: Span<UInt8>
    ) -> Int {
        if !first.isEscaped, !second.isEscaped {
            return order(text.extracting(first.content), text.extracting(second.content))
        }
        var left = JSONStringCursor(first.content)
        var right = JSONStringCursor(second.content)
        while true {
            let leftByte = left.next(text)
            let rightByte = right.next(text)
            // The end of a key sorts before every byte.
            let difference = (leftByte.map(Int.init) ?? -1) - (rightByte.map(Int.init) ?? -1)
            if difference != 0 || leftByte == nil { return difference }
        }
    }

    private static func order(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Int {
        for index in 0..<min(first.count, second.count) where first[index] != second[index] {
            return Int(first[index]) - Int(second[index])
        }
        return first.count - second.count
    }

    /// The first eight bytes as a number that sorts as they do, zeros behind the end.
    private static func prefix(_ key: JSONTapeEntry, _ text: Span<UInt8>) -> UInt64 {
        var cursor = JSONStringCursor(key.content)
        var prefix: UInt64 = 0
        for _ in 0..<8 { prefix = prefix << 8 | UInt64(cursor.next(text) ?? 0) }
        return prefix
    }
}
