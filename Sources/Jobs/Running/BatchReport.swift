/// What became of one batch, for logs and metrics.
public struct BatchReport: Sendable, Equatable {
    /// The name of the source.
    public let source: String
    /// One for each delivery.
    public let outcomes: [Outcome]
    /// One for each delivery; nil where the bytes were no event.
    public let kinds: [Job.Kind?]
    /// One for each delivery; nil where the event names none, or the bytes were no event.
    public let eventIDs: [String?]
    /// How many of the deliveries may have been handed over before.
    public let redeliveredCount: Int
    /// From the source to the acknowledgement.
    public let duration: Duration

    /// A report from its parts.
    public init(
        source: String,
        outcomes: [Outcome],
        kinds: [Job.Kind?],
        eventIDs: [String?],
        redeliveredCount: Int = 0,
        duration: Duration = .zero
    ) {
        self.source = source
        self.outcomes = outcomes
        self.kinds = kinds
        self.eventIDs = eventIDs
        self.redeliveredCount = redeliveredCount
        self.duration = duration
    }
}
