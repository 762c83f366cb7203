/// What Redis answered to one command, or one element of it.
///
/// A reply is a place on the tape that all replies of a pipeline share: copies are cheap, and the
/// slices it gives stay valid without it. A slice that is kept keeps the whole pipeline's bytes.
public struct RedisReply: Sendable {
    /// The types of RESP2.
    public enum Kind: UInt8, Sendable {
        case status
        case string
        case integer
        case null
        case array
        case error
    }

    let storage: ReplyStorage
    let place: Int

    /// Its type on the wire.
    public var kind: Kind { storage.tokens[place].kind }

    /// Whether it says that there is nothing.
    public var isNull: Bool { kind == .null }

    /// The value of an integer reply.
    public var integer: Int? { kind == .integer ? storage.tokens[place].integer : nil }

    /// The bytes of a string, status or error, not copied.
    public var bytes: ArraySlice<UInt8>? {
        switch kind {
        case .status, .string, .error: storage.bytes[storage.tokens[place].byteRange]
        case .integer, .null, .array: nil
        }
    }

    /// `bytes` as text; what is not UTF-8 is repaired.
    public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The elements of an array; nil for everything else.
    public var elements: Elements? {
        kind == .array ? Elements(storage: storage, place: place) : nil
    }

    /// The element at `index` of an array; nil beyond it and for everything else.
    public subscript(index: Int) -> RedisReply? {
        guard let elements, index >= 0, index < elements.count else { return nil }
        return elements[elements.index(elements.startIndex, offsetBy: index)]
    }

    /// The error Redis answered with.
    public var error: RedisError? {
        guard kind == .error, let bytes else { return nil }
        return .server(reply: bytes)
    }

    /// The reply itself unless it is an error, which is thrown.
    public func get() throws(RedisError) -> RedisReply {
        if let error { throw error }
        return self
    }

    /// A walker over the tape from here, for replies with many elements.
    public var cursor: ReplyCursor { ReplyCursor(storage, from: place) }
}

extension RedisReply {
    /// The elements of an array reply; a step over a nested array costs the same as any other.
    public struct Elements: Collection, Sendable {
        let storage: ReplyStorage
        let place: Int

        /// The place of the first element.
        public var startIndex: Int { place + 1 }
        /// The place after the last element.
        public var endIndex: Int { storage.tokens[place].end }
        /// How many elements there are; those of inner arrays are not counted.
        public var count: Int { storage.tokens[place].count }
        /// Whether there is none.
        public var isEmpty: Bool { count == 0 }
        /// The place of the next element.
        public func index(after index: Int) -> Int { storage.end(of: index) }
        /// The element at a place of this collection.
        public subscript(index: Int) -> RedisReply { RedisReply(storage: storage, place: index) }
    }
}

extension RedisReply: CustomStringConvertible {
    /// For messages and test failures: long strings and arrays are cut.
    public var description: String {
        switch kind {
        case .status, .error: string ?? ""
        case .string: "\"\((string ?? "").prefix(64))\""
        case .integer: "\(integer ?? 0)"
        case .null: "null"
        case .array:
            "[" + (elements?.prefix(16).map(\.description).joined(separator: ", ") ?? "") + "]"
        }
    }
}
