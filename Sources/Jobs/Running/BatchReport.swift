/// What became of one batch, for logs and metrics.
public struct BatchReport: Sendable, Equatable {
    /// The name of the source.
    public let source: String
    /// One for each delivery.
    public let outcomes: [Outcome]
    /// One for each delivery; nil where the event names none, or the bytes were no event.
    public let eventIDs: [String?]

    /// How many jobs were done.
    public var doneCount: Int { outcomes.count { $0 == .done } }
}
