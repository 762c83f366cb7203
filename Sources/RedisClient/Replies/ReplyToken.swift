/// One element of a reply: 12 bytes on a flat tape, in the order of the wire.
struct ReplyToken: Sendable {
    let kind: RedisReply.Kind
    private var first: UInt32
    private var second: UInt32

    static let null = ReplyToken(kind: .null, first: 0, second: 0)

    static func bytes(_ kind: RedisReply.Kind, offset: Int, count: Int) -> ReplyToken {
        ReplyToken(kind: kind, first: UInt32(offset), second: UInt32(count))
    }

    static func integer(_ value: Int64) -> ReplyToken {
        let bits = UInt64(bitPattern: value)
        return ReplyToken(
            kind: .integer,
            first: UInt32(truncatingIfNeeded: bits >> 32),
            second: UInt32(truncatingIfNeeded: bits)
        )
    }

    static func array(count: Int) -> ReplyToken {
        ReplyToken(kind: .array, first: UInt32(count), second: 0)
    }

    /// Status, string, error: where the bytes are.
    var byteRange: Range<Int> { Int(first)..<Int(first) + Int(second) }

    var integer: Int { Int(bitPattern: UInt(first) << 32 | UInt(second)) }

    /// Array: how many elements, those of inner arrays not counted.
    var count: Int { Int(first) }

    /// Array: the place of the token after all its elements.
    var end: Int {
        get { Int(second) }
        set { second = UInt32(newValue) }
    }
}

/// The tape of one pipeline's replies, shared by all of them.
struct ReplyStorage: Sendable {
    let bytes: [UInt8]
    let tokens: [ReplyToken]

    /// The place after the element at `place`.
    func end(of place: Int) -> Int {
        let token = tokens[place]
        return token.kind == .array ? token.end : place + 1
    }
}
