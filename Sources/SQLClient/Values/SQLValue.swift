/// A value as databases know it: what goes into a statement and what comes out of it.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }

    /// An integer.
    public init(integerLiteral number: Int64) { self = .integer(number) }
}

extension SQLValue {
    /// A number that counts something.
    public static func integer(_ number: Int) -> SQLValue { .integer(Int64(number)) }

    /// A text, or NULL where there is none.
    public static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
}
