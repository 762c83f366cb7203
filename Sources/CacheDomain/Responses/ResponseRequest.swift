/// What a response answers.
public struct ResponseRequest: Sendable, Hashable {
    /// The text that something is done with.
    public var text: String
    /// What is done with it, such as "summarize".
    public var operation: String
    /// How it is done.
    public var options: [String: OptionValue]
    /// What is asked about it; empty where nothing is.
    public var question: String

    /// A request from its parts.
    public init(
        text: String,
        operation: String,
        options: [String: OptionValue] = [:],
        question: String = ""
    ) {
        self.text = text
        self.operation = operation
        self.options = options
        self.question = question
    }
}
