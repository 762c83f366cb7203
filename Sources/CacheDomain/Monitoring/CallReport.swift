/// How a call of a cache went.
public struct CallReport: Sendable, Equatable {
    /// What was called for.
    public enum Kind: String, Sendable, CaseIterable {
        case get
        case set
    }

    /// How it ended.
    public enum Outcome: Sendable, Equatable {
        /// A value was found there.
        case hit(Hit.Origin)
        /// There was no value, or none that can be read.
        case miss
        /// The value is kept.
        case stored
        /// The value cannot be encoded, and is not kept.
        case unencodable
        /// The store could not do it; how it says so.
        case failed(String)
    }

    /// What was called for.
    public let kind: Kind
    /// What the value is the result of, such as "summarize"; empty where there is no such thing.
    public let operation: String
    /// How it ended.
    public let outcome: Outcome
    /// The length of the text that the value was made from, in characters of Unicode; nil where
    /// there is none.
    public let textLength: Int?
    /// How long it took, compression included.
    public let duration: Duration

    /// A report from its parts.
    public init(
        _ kind: Kind,
        operation: String = "",
        outcome: Outcome,
        textLength: Int? = nil,
        duration: Duration
    ) {
        self.kind = kind
        self.operation = operation
        self.outcome = outcome
        self.textLength = textLength
        self.duration = duration
    }
}
