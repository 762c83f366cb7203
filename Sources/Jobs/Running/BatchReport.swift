/// What became of one batch, for logs and metrics.
public struct BatchReport: Sendable, Equatable {
    /// The name of the source.
    public let source: String
    /// One for each delivery.
    public let outcomes: [Outcome]

    /// How many jobs were done.
    public var doneCount: Int { outcomes.count { $0 == .done } }
}
