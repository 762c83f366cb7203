/// Why a text is not JSON as RFC 8259 and this service want it.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The rule that was broken.
    public enum Code: String, Sendable, CaseIterable {
        /// Nothing but white space.
        case empty
        /// More bytes than the tape can address.
        case tooLarge = "too-large"
        /// The text begins with a UTF-8, UTF-16 or UTF-32 byte order mark.
        case byteOrderMark = "byte-order-mark"
        /// A byte sequence that is no UTF-8.
        case notUTF8 = "not-utf8"
        /// The text stops inside a value.
        case unexpectedEnd = "unexpected-end"
        /// A byte that cannot stand where it stands.
        case unexpectedByte = "unexpected-byte"
        /// A number that breaks the grammar: `01`, `1.`, `+1`, `.5`.
        case badNumber = "bad-number"
        /// A word that is not `true`, `false` or `null`.
        case badLiteral = "bad-literal"
        /// A backslash followed by something that JSON does not know.
        case badEscape = "bad-escape"
        /// Half of a surrogate pair, which no UTF-8 text can hold.
        case loneSurrogate = "lone-surrogate"
        /// A control character inside a string that is not written as an escape.
        case controlCharacter = "control-character"
        /// Arrays and objects nested deeper than the reader's limit.
        case tooDeep = "too-deep"
        /// An object that has the same key twice.
        case duplicateKey = "duplicate-key"
        /// Something follows the value.
        case trailingText = "trailing-text"
    }

    /// The rule that was broken.
    public let code: Code
    /// How many bytes stand before the place.
    public let offset: Int
    /// The value the reader was in, for example `$.data.keys[3]`.
    public let path: String
    /// What was found and what belongs there, in a sentence without the place.
    public let message: String

    /// The sentence with its place.
    public var description: String { "\(message) (\(path), byte \(offset))" }
}
