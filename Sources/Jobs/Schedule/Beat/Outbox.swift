import Synchronization
import Telemetry

/// Publishes what the schedule has stored for the broker, and forgets it when that has confirmed.
///
/// Between the two a process may die, and another one publishes again: the same event, with the
/// same id.
final class Outbox: Sendable {
    /// How many events are published at once.
    static let batchSize = 100
    /// So long the events are this process's; what is not confirmed by then may be published by
    /// another.
    static let lease = Duration.seconds(45)
    /// So long it tries; what is written by then is waited for, which the publisher bounds.
    static let publishLimit = Duration.seconds(10)
    /// So often it looks without being told to.
    static let interval = Duration.seconds(5)

    private let store: any BeatStore
    private let publisher: any JobPublisher
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let tell: @Sendable (BeatEvent) -> Void
    private let waker = Waker()
    private let isStopping = Atomic(false)

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

    /// Ends `run` when what was taken is published, or could not be.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        waker.wake()
    }

    /// Publishes until it is stopped, or the task is cancelled.
    func run() async {
        var backoff = Backoff()
        while !Task.isCancelled, !isStopping.load(ordering: .relaxed) {
            var pause = Self.interval
            do throws(ScheduleError) {
                let taken = try await store.takeOutgoing(limit: Self.batchSize, for: Self.lease)
                let published = await publish(taken)
                try await store.removeOutgoing(published)
                if published.count < taken.count {
                    let done = Set(published)
                    let rest = taken.map(\.id).filter { !done.contains($0) }
                    try await store.giveBackOutgoing(rest)
                    pause = backoff.next()
                } else {
                    backoff.reset()
                    if taken.count == Self.batchSize { pause = .zero }
                }
            } catch {
                // The beat tells of a store that is away.
                pause = backoff.next()
            }
            guard await waker.wait(pause, on: clock) else { return }
        }
    }

    /// Publishes for no longer than others leave the events alone.
    /// - Returns: The ids of the events that need no publishing any more.
    private func publish(_ taken: [OutgoingEvent]) async -> [String] {
        await withTaskGroup(of: [String]?.self) { group in
            group.addTask { await self.tryPublishing(taken) }
            group.addTask { [clock] in
                _ = try? await clock.sleep(for: Self.publishLimit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // What was cancelled tells what it has got done.
            let second = await group.next() ?? nil
            return first ?? second ?? []
        }
    }

    private func tryPublishing(_ taken: [OutgoingEvent]) async -> [String] {
        var published: [String] = []
        var events: [(id: String, event: Event)] = []
        for outgoing in taken {
            if let event = read(outgoing) {
                events.append((outgoing.id, event))
            } else {
                published.append(outgoing.id)
            }
        }
        guard !events.isEmpty else { return published }
        do throws(SourceError) {
            try await publisher.publish(events.map(\.event))
            tell(.published(count: events.count))
            return published + events.map(\.id)
        } catch {
            note(error, count: events.count)
            // The broker is there, and does not want all of them: one must not hold up the others.
            guard !error.isRetriable, events.count > 1, !Task.isCancelled else { return published }
        }
        for (id, event) in events {
            do throws(SourceError) {
                try await publisher.publish([event])
                tell(.published(count: 1))
                published.append(id)
            } catch {
                note(error, count: 1)
                guard !error.isRetriable else { return published }
            }
        }
        return published
    }

    private func note(_ error: SourceError, count: Int) {
        tell(.notPublished(error))
        logger.warning(
            "RabbitMQ has not taken events of the schedule, they are published again",
            ["events": .integer(count), "error": .description(of: error)]
        )
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
