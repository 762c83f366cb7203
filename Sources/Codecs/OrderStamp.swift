/// The place of an event among all events of one clock: of two changes of a key the one with the
/// later stamp is to win, in whatever order they are made.
public struct OrderStamp: Sendable, Hashable {
    /// Whose clock gave the stamp; stamps of two clocks say nothing about each other.
    public enum Clock: Sendable, Hashable {
        /// That of the server which holds the streams.
        case server
        /// That of a producer, known by a digest of its name: stamps are many, and must be small.
        case producer(UInt64, UInt64)

        /// That of the producer of this name.
        public static func producer(_ name: String) -> Clock {
            .producer(digest(name, from: 0xCBF2_9CE4_8422_2325), digest(name, from: 0x6C62_272E))
        }

        /// Fowler, Noll and Vo's hash, FNV-1a, from a beginning of our choice.
        private static func digest(_ name: String, from start: UInt64) -> UInt64 {
            name.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
    }

    /// Where a stamp stands on its clock.
    public struct Position: Sendable, Hashable, Comparable {
        fileprivate var milliseconds: UInt64
        /// What tells the positions of one millisecond apart.
        fileprivate var rest: UInt64

        /// The earlier position is less.
        public static func < (left: Position, right: Position) -> Bool {
            left.milliseconds == right.milliseconds
                ? left.rest < right.rest : left.milliseconds < right.milliseconds
        }
    }

    /// How many digits the text of a position has.
    public static let digitCount = millisecondDigits + restDigits
    private static let millisecondDigits = 15
    private static let restDigits = 13
    private static let maxMilliseconds: UInt64 = 999_999_999_999_999
    private static let maxRest: UInt64 = 9_999_999_999_999

    /// Whose clock it is.
    public let clock: Clock
    /// Where it stands.
    public let position: Position

    /// The stamp of an entry of a stream, from its id `milliseconds-sequence` and from the number
    /// of its stream, which decides between streams; nil when the id is none.
    public init?(entryID: ArraySlice<UInt8>, ofStream stream: Int) {
        var parts: (UInt64, UInt64) = (0, 0)
        var isInFirst = true
        for byte in entryID {
            let digit = UInt64(byte &- UInt8(ascii: "0"))
            if digit < 10 {
                if isInFirst {
                    parts.0 = parts.0 &* 10 &+ digit
                } else {
                    parts.1 = parts.1 &* 10 &+ digit
                }
            } else if byte == UInt8(ascii: "-"), isInFirst {
                isInFirst = false
            } else {
                return nil
            }
        }
        if isInFirst { return nil }
        let sequence = min(parts.1, Self.maxRest / 10)
        self.init(.server, parts.0, sequence * 10 + UInt64(min(max(stream, 0), 9)))
    }

    /// A stamp of a producer's own clock; nil for a time before 1970.
    public init?(producer: String, milliseconds: Int64, nanoseconds: Int) {
        guard milliseconds >= 0 else { return nil }
        let rest = UInt64(max(0, nanoseconds))
        self.init(.producer(producer), UInt64(milliseconds), rest)
    }

    private init(_ clock: Clock, _ milliseconds: UInt64, _ rest: UInt64) {
        self.clock = clock
        position = Position(
            milliseconds: min(milliseconds, Self.maxMilliseconds),
            rest: min(rest, Self.maxRest)
        )
    }

    /// The later of this stamp and the beginning of that millisecond.
    public func notBefore(milliseconds: Int64) -> OrderStamp {
        guard milliseconds > 0, UInt64(milliseconds) > position.milliseconds else { return self }
        return OrderStamp(clock, UInt64(milliseconds), 0)
    }

    /// Milliseconds since 1970.
    public var milliseconds: Int64 { Int64(position.milliseconds) }

    /// The id of an entry at that place, `milliseconds-sequence`.
    public var entryID: String { "\(position.milliseconds)-\(position.rest / 10)" }

    /// Whether it is the earlier one of two stamps of one clock.
    public func isOlder(than other: OrderStamp) -> Bool {
        clock == other.clock && position < other.position
    }

    /// Appends digits that compare as text as the positions do.
    public func appendPosition(to bytes: inout [UInt8]) {
        Self.append(position.milliseconds, Self.millisecondDigits, to: &bytes)
        Self.append(position.rest, Self.restDigits, to: &bytes)
    }

    private static func append(_ value: UInt64, _ digits: Int, to bytes: inout [UInt8]) {
        let end = bytes.count + digits
        var rest = value
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
        for index in stride(from: end - 1, to: end - 1 - digits, by: -1) where rest > 0 {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    /// Reads what `appendPosition` writes.
    public init?(clock: Clock, position text: ArraySlice<UInt8>) {
        guard text.count == Self.digitCount else { return nil }
        var values: (UInt64, UInt64) = (0, 0)
        for (index, byte) in text.enumerated() {
            let digit = UInt64(byte &- UInt8(ascii: "0"))
            guard digit < 10 else { return nil }
            if index < Self.millisecondDigits {
                values.0 = values.0 * 10 + digit
            } else {
                values.1 = values.1 * 10 + digit
            }
        }
        self.init(clock, values.0, values.1)
    }
}
