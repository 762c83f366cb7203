/// What was removed from a cache before its time, and why.
public struct InvalidationReport: Sendable, Equatable {
    /// How the values were chosen.
    public enum Kind: String, Sendable, CaseIterable {
        /// They are the results of one operation.
        case operation
        /// Their keys match a pattern.
        case pattern
        /// They belong to somebody, or to something.
        case owner
    }

    /// How the values were chosen.
    public let kind: Kind
    /// The operation, the pattern or the owner.
    public let name: String
    /// Why, in the words of who called.
    public let context: String
    /// How many there were.
    public let removedCount: Int
    /// What the store said if it could not remove them all; nil where it did.
    public let failure: String?
    /// How long it took.
    public let duration: Duration

    /// A report from its parts.
    public init(
        _ kind: Kind,
        name: String,
        context: String = "",
        removedCount: Int,
        failure: String? = nil,
        duration: Duration
    ) {
        self.kind = kind
        self.name = name
        self.context = context
        self.removedCount = removedCount
        self.failure = failure
        self.duration = duration
    }
}
