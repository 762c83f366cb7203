/// Why a text is no YAML document that we read, and where.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        /// The text breaks YAML's rules.
        case syntax
        /// The text is not UTF-8 or holds characters that YAML forbids.
        case characters
        /// A reference (`*name`): with them a small text stands for a huge document.
        case alias
        /// A name for references (`&name`).
        case anchor
        /// A type of the writer's own (`!name`).
        case tag
        /// A key stands twice in one mapping.
        case duplicateKey
        /// A key that is no text.
        case complexKey
        /// More levels than allowed.
        case depth
        /// More bytes than allowed.
        case size
        /// A second document after `---`.
        case secondDocument
        /// No memory.
        case memory
        /// What libyaml of another version may say.
        case unknown(Int)
    }

    /// What is wrong.
    public let code: Code
    /// Where, from 1.
    public let line: Int
    /// What is wrong and what to write instead.
    public let message: String

    /// The line and the message.
    public var description: String { "line \(line): \(message)" }
}
