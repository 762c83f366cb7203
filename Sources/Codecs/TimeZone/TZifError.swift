/// Why bytes are no time zone that we read.
public struct TZifError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Equatable {
        /// Not the format at all.
        case notTZif
        /// A version that is not known.
        case version
        /// Fewer bytes than are announced, or more.
        case length
        /// A number that cannot be.
        case value
        /// The rule for the years to come.
        case footer
        /// It counts leap seconds, which the clocks of computers do not.
        case leapSeconds
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
