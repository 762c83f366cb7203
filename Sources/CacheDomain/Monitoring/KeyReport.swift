/// How a key was made from a text.
public struct KeyReport: Sendable, Equatable {
    /// What is done with the text, such as "summarize".
    public let operation: String
    /// The length of the text, in characters of Unicode.
    public let textLength: Int
    /// Whether the key has a hash in place of the text.
    public let isHashed: Bool
    /// How long it took.
    public let duration: Duration

    /// A report from its parts.
    public init(operation: String, textLength: Int, isHashed: Bool, duration: Duration) {
        self.operation = operation
        self.textLength = textLength
        self.isHashed = isHashed
        self.duration = duration
    }
}
