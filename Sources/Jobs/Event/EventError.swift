import Codecs

/// Why an event cannot be used, now or ever: it belongs to the dead letters.
public struct EventError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of the fault, as dead letters and metrics name it.
    public enum Reason: String, Sendable, CaseIterable {
        /// More bytes than `maxEventBytes`.
        case tooLarge = "too-large"
        /// Not UTF-8.
        case notUTF8 = "not-utf8"
        /// Not strict JSON, or text around it.
        case notJSON = "not-json"
        /// Nested deeper than `maxDepth`.
        case tooDeep = "too-deep"
        /// An object with the same key twice.
        case duplicateKey = "duplicate-key"
        /// A `type` that nobody handles.
        case unknownType = "unknown-type"
        /// A member or attribute that is missing, of the wrong kind or out of range.
        case schema
    }

    /// The class of the fault.
    public let reason: Reason
    /// The value that is wrong, for example `$.data.keys[2]`, or the name of a header.
    public let path: String
    /// What is wrong and what would be right, a sentence that names the path.
    public let message: String

    /// An error whose message already names its path.
    public init(_ reason: Reason, path: String, message: String) {
        self.reason = reason
        self.path = path
        self.message = message
    }

    /// The sentence.
    public var description: String { message }

    /// A value that breaks the schema: "`path` must be `rule`".
    static func schema(_ path: String, must rule: String) -> EventError {
        EventError(.schema, path: path, message: "\(path) must be \(rule)")
    }

    /// A member or attribute that has to be there.
    static func missing(_ path: String, because reason: String? = nil) -> EventError {
        let suffix = reason.map { ", since \($0)" } ?? ""
        return EventError(.schema, path: path, message: "\(path) is required\(suffix)")
    }

    /// A value of the wrong kind: "`path` must be `rule`, not an array".
    static func wrongKind(_ path: String, must rule: String, _ kind: JSONKind) -> EventError {
        schema(path, must: "\(rule), not \(kind.described)")
    }

    /// A text that is not JSON, found at `root`, which replaces the `$` of the reader's path.
    static func json(_ error: JSONError, root: String) -> EventError {
        let path = root + error.path.dropFirst()
        let reason: Reason =
            switch error.code {
            case .notUTF8: .notUTF8
            case .tooDeep: .tooDeep
            case .duplicateKey: .duplicateKey
            case .tooLarge: .tooLarge
            case .empty, .byteOrderMark, .unexpectedEnd, .unexpectedByte, .badNumber, .badLiteral,
                .badEscape, .loneSurrogate, .controlCharacter, .trailingText:
                .notJSON
            }
        return EventError(
            reason,
            path: path,
            message: "\(error.message) (\(path), byte \(error.offset))"
        )
    }
}
