/// Walks over a reply from front to back without making anything on the way.
///
/// A reading call that meets something else than it was asked for gives nil and does not move, so a
/// reader of a fixed shape needs one check for each element.
public struct ReplyCursor: Sendable {
    private let storage: ReplyStorage
    private var place: Int
    private let end: Int

    init(_ storage: ReplyStorage, from place: Int) {
        self.storage = storage
        self.place = place
        end = storage.end(of: place)
    }

    /// What comes next; nil at the end.
    public var kind: RedisReply.Kind? { place < end ? storage.tokens[place].kind : nil }

    /// Steps into an array and gives the number of its elements.
    ///
    /// There is no step out: whoever has read all elements stands behind the array.
    public mutating func enterArray() -> Int? {
        guard kind == .array else { return nil }
        defer { place += 1 }
        return storage.tokens[place].count
    }

    /// The bytes of a string or status, not copied.
    public mutating func bytes() -> ArraySlice<UInt8>? {
        guard place < end else { return nil }
        let token = storage.tokens[place]
        guard token.kind == .string || token.kind == .status else { return nil }
        place += 1
        return storage.bytes[token.byteRange]
    }

    /// The value of an integer.
    public mutating func integer() -> Int? {
        guard kind == .integer else { return nil }
        defer { place += 1 }
        return storage.tokens[place].integer
    }

    /// Steps over a null; false when something else stands there.
    public mutating func skipNull() -> Bool {
        guard kind == .null else { return false }
        place += 1
        return true
    }

    /// Steps over one element with everything in it.
    public mutating func skip() {
        guard place < end else { return }
        place = storage.end(of: place)
    }

    /// Gives the next element as a value and steps over it.
    public mutating func next() -> RedisReply? {
        guard place < end else { return nil }
        defer { skip() }
        return RedisReply(storage: storage, place: place)
    }
}
