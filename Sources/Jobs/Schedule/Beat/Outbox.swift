import Telemetry

/// Publishes what the schedule has stored for the broker, and forgets it when that has confirmed.
///
/// Between the two a process may die, and another one publishes again: the same event, with the
/// same id.
struct Outbox: Sendable {
    /// How many events are published at once.
    static let batchSize = 100
    /// So long the events are this process's; what is not confirmed by then may be published by
    /// another.
    static let lease = Duration.seconds(30)
    /// So often it looks without being told to.
    static let interval = Duration.seconds(5)

    private let store: any BeatStore
    private let publisher: any JobPublisher
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let tell: @Sendable (BeatEvent) -> Void
    private let waker = Waker()

    init(
        _ store: any BeatStore,
        publisher: any JobPublisher,
        logger: Logger,
        clock: any Clock<Duration>,
        tell: @escaping @Sendable (BeatEvent) -> Void
    ) {
        self.store = store
        self.publisher = publisher
        self.logger = logger
        self.clock = clock
        self.tell = tell
    }

    /// Looks at once.
    func wake() { waker.wake() }

    /// Publishes until the task is cancelled.
    func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            var pause = Self.interval
            do throws(ScheduleError) {
                let events = try await store.takeOutgoing(limit: Self.batchSize, for: Self.lease)
                if await publish(events) {
                    backoff.reset()
                    try await store.removeOutgoing(events.map(\.id))
                    if events.count == Self.batchSize { pause = .zero }
                } else {
                    pause = backoff.next()
                }
            } catch {
                // The beat tells of a store that is away.
                pause = backoff.next()
            }
            guard await waker.wait(pause, on: clock) else { return }
        }
    }

    /// - Returns: false when the broker has not confirmed all.
    private func publish(_ events: [OutgoingEvent]) async -> Bool {
        guard !events.isEmpty else { return true }
        do throws(SourceError) {
            try await publisher.publish(events.compactMap(read))
            tell(.published(count: events.count))
            return true
        } catch {
            tell(.notPublished(error))
            logger.warning(
                "RabbitMQ has not taken events of the schedule, they are published again",
                ["events": .integer(events.count), "error": .description(of: error)]
            )
            return false
        }
    }

    /// The event; one that is none, which no store of this program holds, is told of and dropped.
    private func read(_ outgoing: OutgoingEvent) -> Event? {
        var decoder = EventDecoder(limits: EventLimits(maxEventBytes: .max))
        do throws(EventError) {
            return try decoder.decode(outgoing.event[...])
        } catch {
            logger.error(
                "what waited for RabbitMQ is no event and was dropped",
                ["event": .string(outgoing.id), "error": .description(of: error)]
            )
            return nil
        }
    }
}
