public import Jobs

/// A queue under test: how jobs get into it, consumers of it, and what is left.
public struct JobServer: Sendable {
    /// What a person finds in the dead letters.
    public struct DeadLetter: Sendable, Equatable {
        /// The event, byte for byte.
        public let event: [UInt8]
        /// Why it is there.
        public let cause: DeadLetterCause

        /// A dead letter from its parts.
        public init(event: [UInt8], cause: DeadLetterCause) {
            self.event = event
            self.cause = cause
        }
    }

    /// Adds a job; when it returns the queue holds it.
    public let publish: @Sendable (_ body: [UInt8]) async throws -> Void
    /// Makes one more consumer, of that name in the broker, with batches of at most that size.
    ///
    /// What a living consumer holds must stay its own for as long as a check takes; what a closed
    /// one held must come to another within seconds.
    public let source: @Sendable (_ name: String, _ batchSize: Int) async throws -> any JobSource
    /// All dead letters, the oldest first.
    public let deadLetters: @Sendable () async throws -> [DeadLetter]
    /// How many jobs wait or are being worked on.
    public let unsettledCount: @Sendable () async throws -> Int

    /// A queue from its parts.
    public init(
        publish: @escaping @Sendable (_ body: [UInt8]) async throws -> Void,
        source:
            @escaping @Sendable (_ name: String, _ batchSize: Int) async throws ->
            any JobSource,
        deadLetters: @escaping @Sendable () async throws -> [DeadLetter],
        unsettledCount: @escaping @Sendable () async throws -> Int
    ) {
        self.publish = publish
        self.source = source
        self.deadLetters = deadLetters
        self.unsettledCount = unsettledCount
    }

    func publish(_ texts: some Sequence<String>) async throws {
        for text in texts { try await publish(Array(text.utf8)) }
    }
}
