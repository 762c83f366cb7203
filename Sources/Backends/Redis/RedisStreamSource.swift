public import Jobs
public import RedisClient
import Synchronization
public import Telemetry

/// Jobs from the streams of one Redis, as one consumer of the group that all workers form.
///
/// It reads all kinds of its lane with one command and hands them over in the order they were
/// added. What a consumer has read and not acknowledged stays with it in Redis; when the
/// consumer's lease has run out, another one claims it.
public final class RedisStreamSource: JobSource {
    /// How a source reads.
    public struct Options: Sendable {
        /// The name of this consumer in the group; no two living workers may share one.
        public var consumer: String
        /// The kinds of job it reads.
        public var kinds: [JobKind]
        /// Whether the next batch may be read before the last one has been applied.
        public var isReadAhead: Bool
        /// How many jobs of a kind a batch holds at most.
        public var batchSize: Int
        /// How long a consumer that shows no sign of life counts as living.
        public var lease: Duration
        /// How often it looks for jobs of dead consumers.
        public var claimInterval: Duration
        /// How long finished jobs may stay in a stream.
        public var trimInterval: Duration
        /// How long a dead consumer that holds nothing stays in the list of consumers.
        public var forgetConsumersAfter: Duration

        /// Options with their usual values.
        public init(
            consumer: String,
            kinds: [JobKind] = JobKind.allCases,
            isReadAhead: Bool = true,
            batchSize: Int = 256,
            lease: Duration = .seconds(3),
            claimInterval: Duration = .seconds(1),
            trimInterval: Duration = .seconds(1),
            forgetConsumersAfter: Duration = .seconds(60)
        ) {
            self.consumer = consumer
            self.kinds = kinds
            self.isReadAhead = isReadAhead
            self.batchSize = batchSize
            self.lease = lease
            self.claimInterval = claimInterval
            self.trimInterval = trimInterval
            self.forgetConsumersAfter = forgetConsumersAfter
        }
    }

    /// How long one read waits for a job: the rhythm of the housekeeping of an idle source.
    static let blockTime = Duration.seconds(1)

    /// The name in logs.
    public let name = "stream"
    /// As the options say.
    public var isReadAhead: Bool { options.isReadAhead }
    let reader: RedisConnection
    let writer: RedisConnection
    let keys: ControlKeys
    /// Those of its kinds, in their order.
    let streams: [String]
    let intake: Intake
    let options: Options
    let logger: Logger
    let now: @Sendable () -> ContinuousClock.Instant
    let state: Mutex<State>
    private let lease: ConsumerLease
    private let clock: any Clock<Duration>

    struct State {
        var isStopped = false
        var isClosed = false
        var hasGroups = false
        var claims: ClaimSchedule
        var housekeeping: Housekeeping
        var readLength = ReadLength()
        /// What has been handed over and not settled, by the number of the batch.
        var outstanding: [UInt64: [StreamEntry]] = [:]
        var lastBatch: UInt64 = 0
        /// Whether this process has asked for new jobs: what it holds before, another one of its
        /// name has left.
        var hasRead = false
        var demand = StreamDemand()
    }

    /// A source that reads on a connection of its own, since reading blocks it, and settles on
    /// one that it may share.
    public init(
        reader: RedisConnection,
        writer: RedisConnection,
        keys: ControlKeys,
        options: Options,
        intake: Intake = Intake(),
        logger: Logger = Logger(SilentLog()),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.reader = reader
        self.writer = writer
        self.keys = keys
        self.options = options
        self.intake = intake
        streams = options.kinds.map(keys.stream)
        self.logger = logger
        self.clock = clock
        self.now = now
        lease = ConsumerLease(
            connection: writer,
            key: keys.lease(of: options.consumer),
            kinds: options.kinds,
            duration: options.lease
        )
        state = Mutex(
            State(
                claims: ClaimSchedule(interval: options.claimInterval, lease: options.lease),
                housekeeping: Housekeeping(trimInterval: options.trimInterval)
            )
        )
    }

    /// Shows that this consumer lives, until `close` or until the task is cancelled.
    public func run() async {
        while !state.withLock({ $0.isClosed }) {
            do throws(RedisError) {
                try await lease.renew()
            } catch {
                logger.debug("lease not renewed", ["error": .description(of: error)])
            }
            do {
                try await clock.sleep(for: options.lease / 3)
            } catch {
                return
            }
        }
    }

    /// The next jobs: those that nobody works on when it is time to look for them, else new ones.
    public func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        while !state.withLock({ $0.isStopped }), !Task.isCancelled {
            do throws(RedisError) {
                guard try await lease.take() else { break }
                guard let allowance = await admit() else { return nil }
                state.withLock { $0.demand.asks() }
                let (entries, areClaimed) = try await fetch(atMost: allowance)
                state.withLock { $0.demand.isAnswered(jobs: entries.count) }
                if !entries.isEmpty { return batch(entries, areClaimed: areClaimed) }
                continue
            } catch {
                state.withLock { state in
                    state.demand.fails(error)
                    // The server may have handed out what nobody heard of: that comes first.
                    if error.isOutcomeUnknown { state.claims.lostTrack() }
                }
                // A stream that was deleted, or a server that was emptied, has lost its group too.
                if error.code == .server(.noGroup) || error.code == .server(.unblocked) {
                    state.withLock { $0.hasGroups = false }
                    continue
                }
                if error.code == .cancelled { return nil }
                throw SourceError(error)
            }
        }
        state.withLock { $0.demand.pauses() }
        guard state.withLock({ $0.isStopped }) || Task.isCancelled else {
            throw SourceError("another worker is called \(options.consumer): set NODE_ID")
        }
        return nil
    }

    /// Waits until the lane may take jobs, during which none are missed.
    private func admit() async -> Allowance? {
        if let allowance = intake.allowance { return allowance }
        state.withLock { $0.demand.pauses() }
        return await intake.admit()
    }

    /// Ends the source after the read that is under way.
    public func stop() async {
        state.withLock { $0.isStopped = true }
        intake.stop()
    }

    /// Trims what was finished last, gives up the lease and closes the reading connection.
    ///
    /// What is not settled by now is claimed by another worker at once.
    public func close() async {
        state.withLock { state in
            state.isStopped = true
            state.isClosed = true
        }
        do throws(RedisError) {
            try await trim()
            try await lease.release()
        } catch {
            // The next worker that finishes a job trims, and the lease runs out by itself.
            logger.debug("source closed without its server", ["error": .description(of: error)])
        }
        await reader.close()
    }

    /// What waits in the streams, of all workers.
    public func backlogs() async throws(SourceError) -> [Backlog] {
        do throws(RedisError) {
            return try await StreamBacklog.read(over: writer, options.kinds, keys)
        } catch {
            throw SourceError(error)
        }
    }

    // MARK: Reading

    private func fetch(
        atMost allowance: Allowance
    ) async throws(RedisError) -> (entries: [StreamEntry], areClaimed: Bool) {
        try await createGroups()
        if state.withLock({ $0.housekeeping.isTrimDue(at: now()) }) { try await trim() }
        try await promoteDelayed()
        let count = state.withLock { state in
            state.readLength.count(
                atMost: min(options.batchSize, max(1, allowance.jobs / streams.count)),
                // Each of its streams gives as many as are asked for.
                bytes: allowance.bytes == .max ? .max : allowance.bytes / streams.count
            )
        }
        let abandoned = try await claimAbandoned(atMost: count)
        return abandoned.isEmpty ? (try await readNew(count), false) : (abandoned, true)
    }

    private func createGroups() async throws(RedisError) {
        guard !state.withLock({ $0.hasGroups }) else { return }
        _ = try await writer.run(StreamScripts.createGroups.call(keys: streams, ControlKeys.group))
        state.withLock { $0.hasGroups = true }
    }

    /// Moves what is due back to its stream.
    private func promoteDelayed() async throws(RedisError) {
        guard state.withLock({ $0.housekeeping.isLookAtDelayedDue(at: now()) }) else { return }
        let call = StreamScripts.promote.call(
            keys: [keys.delayed, keys.deadLetters],
            options.batchSize,
            Timestamp.now()
        )
        guard let milliseconds = try await writer.run(call).integer, milliseconds >= 0 else {
            return
        }
        state.withLock {
            $0.housekeeping.nextDelayed(in: .milliseconds(milliseconds), at: now())
        }
    }

    private func readNew(_ count: Int) async throws(RedisError) -> [StreamEntry] {
        let patience = state.withLock { state in
            state.hasRead = true
            return state.housekeeping.patience(at: now(), atMost: Self.blockTime)
        }
        var command = RedisCommand(
            "XREADGROUP",
            "GROUP",
            ControlKeys.group,
            options.consumer,
            "COUNT",
            count,
            "BLOCK",
            patience.milliseconds,
            "STREAMS"
        )
        command.append(contentsOf: streams)
        for _ in streams { command.append(">") }
        let reply = try await reader.execute(command, blockingFor: patience)
        return StreamEntry.read(reply, streams: streams, kinds: options.kinds)
    }

    private func trim() async throws(RedisError) {
        _ = try await writer.run(StreamScripts.trim.call(keys: streams, ControlKeys.group))
        try await forgetFences()
    }

    private func batch(_ entries: [StreamEntry], areClaimed: Bool) -> DeliveryBatch {
        let bytes = entries.reduce(0) { $0 + $1.event.count }
        intake.took(jobs: entries.count, bytes: bytes)
        let number = state.withLock { state in
            state.readLength.saw(entries: entries.count, bytes: bytes)
            state.lastBatch += 1
            state.outstanding[state.lastBatch] = entries
            return state.lastBatch
        }
        return DeliveryBatch(
            entries.map { $0.delivery(at: streams[$0.stream]) },
            redeliveredCount: areClaimed ? entries.count : 0
        ) {
            [self] (outcomes) throws(SourceError) in
            defer { intake.settled(jobs: entries.count, bytes: bytes) }
            do throws(RedisError) {
                try await settle(entries, outcomes)
                state.withLock { state in
                    state.outstanding[number] = nil
                    state.housekeeping.finished(jobs: entries.count)
                }
            } catch {
                state.withLock { state in
                    state.outstanding[number] = nil
                    state.claims.lostTrack()
                }
                throw SourceError(error)
            }
        }
    }
}

extension SourceError {
    init(_ error: RedisError) {
        self.init(error.message, isRetriable: error.isRetriable)
    }
}
