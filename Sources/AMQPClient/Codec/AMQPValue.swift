/// A value of a field table: a queue's argument or a message's header.
public enum AMQPValue: Sendable, Hashable {
    case bool(Bool)
    case integer(Int64)
    /// Only values above the largest `integer`.
    case unsigned(UInt64)
    case double(Double)
    case decimal(scale: UInt8, UInt32)
    case string(String)
    /// Bytes, or a string that is not UTF-8.
    case bytes([UInt8])
    /// Seconds since 1970.
    case timestamp(UInt64)
    case array([AMQPValue])
    case table(AMQPTable)
    case null
}

/// Named values; a name that came twice keeps its last value.
public typealias AMQPTable = [String: AMQPValue]

extension AMQPValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
