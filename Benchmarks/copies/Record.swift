/// One line of what a node tells the judge: five words, so that a full buffer of them is written
/// to a pipe in one piece.
struct Record: Equatable {
    /// What happened.
    enum Kind: UInt8 {
        /// A read: `value` (0: none) was given for `key`, between `start` and `end`.
        case read = 1
        /// The same when all is over: the copy must be what the store has.
        case final
        /// A change of `key` begins at `start`; a write of `value`, known by that number.
        case begin
        /// The change `value` is done and announced, by the time `end`.
        case end
        /// The written `value` has the place `start` in the log of the epoch `end`.
        case place
        /// What the node has been through: `start` distrusts, `end` subscriptions, `value` calls
        /// that failed.
        case statistics
    }

    /// Where a value was found.
    enum Origin: UInt8 {
        case none
        case local
        case remote
        case loaded
    }

    static let wordCount = 5
    /// All keys at once.
    static let everyKey = 0xFFFF

    var kind: Kind
    var slot: Int
    /// How often the node of the slot was started before.
    var incarnation: Int = 0
    var key: Int = 0
    var origin = Origin.none
    /// A change that Redis makes and announces in one step.
    var isAtomic = true
    var value: UInt64 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0

    /// The words as they go through the pipe.
    var words: [UInt64] {
        let head =
            UInt64(kind.rawValue) | UInt64(origin.rawValue) << 8 | UInt64(slot) << 16
            | UInt64(key) << 32 | UInt64(incarnation) << 48 | (isAtomic ? 1 << 63 : 0)
        return [head, value, start, end, Record.seal(head, value, start, end)]
    }

    /// Reads the words; nil when they are not what a node has written.
    init?(words: ArraySlice<UInt64>) {
        guard words.count == Record.wordCount else { return nil }
        let first = words.startIndex
        let head = words[first]
        (value, start, end) = (words[first + 1], words[first + 2], words[first + 3])
        guard words[first + 4] == Record.seal(head, value, start, end),
            let kind = Kind(rawValue: UInt8(truncatingIfNeeded: head)),
            let origin = Origin(rawValue: UInt8(truncatingIfNeeded: head >> 8))
        else { return nil }
        self.kind = kind
        self.origin = origin
        slot = Int(head >> 16 & 0xFFFF)
        key = Int(head >> 32 & 0xFFFF)
        incarnation = Int(head >> 48 & 0x7FFF)
        isAtomic = head >> 63 == 1
    }

    /// A record of a kind; the rest is set by name.
    init(_ kind: Kind, slot: Int, incarnation: Int, key: Int = 0, value: UInt64 = 0) {
        self.kind = kind
        self.slot = slot
        self.incarnation = incarnation
        self.key = key
        self.value = value
    }

    private static func seal(_ words: UInt64...) -> UInt64 {
        words.reduce(0x5EA1) { ($0 ^ $1) &* 0x9E37_79B9_7F4A_7C15 }
    }
}
