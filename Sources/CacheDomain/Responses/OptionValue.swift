import Codecs

/// The value of an option: written as a literal.
public enum OptionValue: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case null
    case list([OptionValue])
    case map([String: OptionValue])

    /// The value as `str` writes it in Python; lists and maps as JSON, since there the order of
    /// members is that of their making, and no two programs need have the same.
    var pythonText: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .boolean(let isTrue): isTrue ? "True" : "False"
        case .null: "None"
        case .list, .map: jsonText
        }
    }

    /// The value as JSON, members sorted by the code points of their names.
    var jsonText: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let number): "\(number)"
        case .number(let number): number.isFinite ? "\(number)" : "null"
        case .boolean(let isTrue): "\(isTrue)"
        case .null: "null"
        case .list(let elements): "[\(elements.map(\.jsonText).joined(separator: ","))]"
        case .map(let members): Self.jsonText(of: members)
        }
    }

    /// Options as one JSON object.
    static func jsonText(of members: [String: OptionValue]) -> String {
        let texts = sorted(members).map { "\(quoted($0.key)):\($0.value.jsonText)" }
        return "{\(texts.joined(separator: ","))}"
    }

    /// Options in the order of the code points of their names, which is that of UTF-8.
    static func sorted(
        _ members: [String: OptionValue]
    ) -> [(key: String, value: OptionValue)] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.appendJSONString(text)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension OptionValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }
    /// A whole number.
    public init(integerLiteral number: Int) { self = .integer(number) }
    /// A number.
    public init(floatLiteral number: Double) { self = .number(number) }
    /// Yes or no.
    public init(booleanLiteral isTrue: Bool) { self = .boolean(isTrue) }
    /// Nothing.
    public init(nilLiteral: ()) { self = .null }
    /// A list.
    public init(arrayLiteral elements: OptionValue...) { self = .list(elements) }
    /// Members by name; of two with one name the last counts.
    public init(dictionaryLiteral members: (String, OptionValue)...) {
        self = .map(Dictionary(members) { $1 })
    }
}
