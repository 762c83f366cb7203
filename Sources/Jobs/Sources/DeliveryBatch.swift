/// Deliveries that are read, planned, applied and settled together.
///
/// It cannot be copied, and both ways out of it consume it: a delivery is settled once, or its
/// transport delivers it again.
public struct DeliveryBatch: ~Copyable, Sendable {
    /// The deliveries, in the order they were published in as far as the transport knows it.
    public let deliveries: [Delivery]
    /// How many of them may have been handed over before: by a consumer that died, for one.
    public let redeliveredCount: Int
    /// When its source had it; for measuring only.
    public let arrival: ContinuousClock.Instant
    private let settlement: @Sendable ([Outcome]) async throws(SourceError) -> Void

    /// A batch whose source settles it by `settlement`, given one outcome for each delivery.
    public init(
        _ deliveries: [Delivery],
        redeliveredCount: Int = 0,
        arrival: ContinuousClock.Instant = .now,
        settlement: @escaping @Sendable ([Outcome]) async throws(SourceError) -> Void
    ) {
        self.deliveries = deliveries
        self.redeliveredCount = redeliveredCount
        self.arrival = arrival
        self.settlement = settlement
    }

    /// Whether a process may have died of one of them.
    var holdsSuspects: Bool { redeliveredCount > 0 && deliveries.contains(where: \.isSuspect) }

    /// Acknowledges what is done and stores what is dead before it acknowledges that.
    ///
    /// When it throws, or was never called, the transport delivers what was not settled again.
    public consuming func settle(_ outcomes: [Outcome]) async throws(SourceError) {
        precondition(outcomes.count == deliveries.count, "every delivery has one outcome")
        try await settlement(outcomes)
    }
}

/// Why a source cannot read or settle now; it mends itself, so the caller may ask again.
public struct SourceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, in a sentence.
    public let message: String
    /// Whether asking again can help without a person.
    public let isRetriable: Bool

    /// An error from its parts.
    public init(_ message: String, isRetriable: Bool = true) {
        self.message = message
        self.isRetriable = isRetriable
    }

    /// The sentence alone.
    public var description: String { message }
}
