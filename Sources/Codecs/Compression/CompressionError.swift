/// Why bytes cannot be compressed, or what they were compressed from cannot be had again.
public struct CompressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        /// They are not what compression has made, or not all of it.
        case corrupt
        /// There would be more bytes than are allowed.
        case tooLarge
        /// There is no such level.
        case level
        /// No memory is left.
        case memory
    }

    /// What is wrong.
    public let code: Code
    /// What is wrong, as a phrase.
    public let message: String

    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
