public import Jobs
public import RedisClient
import Synchronization
import Telemetry

/// Jobs from the streams of one Redis, as one consumer of the group that all workers form.
///
/// It reads all kinds with one command and hands them over in the order they were added. What a
/// consumer has read and not acknowledged stays with it in Redis; when the consumer is gone for
/// `claimAfter`, another one claims it.
public final class RedisStreamSource: JobSource {
    /// How a source reads.
    public struct Options: Sendable {
        /// The name of this consumer in the group; no two living workers may share one.
        public var consumer: String
        /// How many jobs of a kind a batch holds at most.
        public var batchSize: Int
        /// How long a job may be unacknowledged before its consumer counts as dead.
        public var claimAfter: Duration
        /// How often it looks for jobs of dead consumers.
        public var claimInterval: Duration
        /// How long finished jobs may stay in a stream.
        public var trimInterval: Duration

        /// Options with their usual values.
        public init(
            consumer: String,
            batchSize: Int = 256,
            claimAfter: Duration = .seconds(15),
            claimInterval: Duration = .seconds(5),
            trimInterval: Duration = .seconds(1)
        ) {
            self.consumer = consumer
            self.batchSize = batchSize
            self.claimAfter = claimAfter
            self.claimInterval = claimInterval
            self.trimInterval = trimInterval
        }
    }

    /// How long one read waits for a job: the rhythm of the housekeeping of an idle source.
    static let blockTime = Duration.seconds(1)

    /// The name in logs.
    public let name = "stream"
    private let reader: RedisConnection
    private let writer: RedisConnection
    private let keys: ControlKeys
    private let options: Options
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var isStopped = false
        var hasGroups = false
        var claims: ClaimRound
        var housekeeping: Housekeeping
    }

    /// A source that reads on a connection of its own, since reading blocks it, and settles on
    /// one that it may share.
    public init(
        reader: RedisConnection,
        writer: RedisConnection,
        keys: ControlKeys,
        options: Options,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.reader = reader
        self.writer = writer
        self.keys = keys
        self.options = options
        self.now = now
        state = Mutex(
            State(
                claims: ClaimRound(streams: keys.jobStreams.count),
                housekeeping: Housekeeping(
                    claimInterval: options.claimInterval,
                    trimInterval: options.trimInterval
                )
            )
        )
    }

    /// The next jobs: those of dead consumers when it is time to look for them, else new ones.
    public func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        while !state.withLock({ $0.isStopped }), !Task.isCancelled {
            do throws(RedisError) {
                try await createGroups()
                if let batch = try await housekeep() { return batch }
                let entries = try await readNew()
                if !entries.isEmpty { return batch(entries) }
            } catch {
                // A stream that was deleted, or a server that was emptied, has lost its group too.
                if error.code == .server(.noGroup) || error.code == .server(.unblocked) {
                    state.withLock { $0.hasGroups = false }
                    continue
                }
                if error.code == .cancelled { return nil }
                throw SourceError(error)
            }
        }
        return nil
    }

    /// Ends the source after the read that is under way.
    public func stop() async {
        state.withLock { $0.isStopped = true }
    }

    /// Trims what was finished last, and closes the reading connection.
    public func close() async {
        await stop()
        // What is left untrimmed here is trimmed by the next worker that finishes a job.
        _ = try? await writer.run(StreamScripts.trim.call(keys: keys.jobStreams, ControlKeys.group))
        await reader.close()
    }

    // MARK: Reading

    private func createGroups() async throws(RedisError) {
        guard !state.withLock({ $0.hasGroups }) else { return }
        for stream in keys.jobStreams {
            do throws(RedisError) {
                // From the first entry on: jobs may have been added before there was a worker.
                _ = try await writer.execute(
                    RedisCommand("XGROUP", "CREATE", stream, ControlKeys.group, "0", "MKSTREAM")
                )
            } catch  where error.code == .server(.groupExists) {
                continue
            }
        }
        state.withLock { $0.hasGroups = true }
    }

    private func readNew() async throws(RedisError) -> [StreamEntry] {
        var command = RedisCommand(
            "XREADGROUP",
            "GROUP",
            ControlKeys.group,
            options.consumer,
            "COUNT",
            options.batchSize,
            "BLOCK",
            Int(Self.blockTime / .milliseconds(1)),
            "STREAMS"
        )
        command.append(contentsOf: keys.jobStreams)
        for _ in keys.jobStreams { command.append(">") }
        let reply = try await reader.execute(command, blockingFor: Self.blockTime)
        return StreamEntry.read(reply, streams: keys.jobStreams)
    }

    /// What has to be done now and then; gives the jobs that it claimed.
    private func housekeep() async throws(RedisError) -> DeliveryBatch? {
        let due = state.withLock { $0.housekeeping.due(at: now()) }
        if due.trim {
            _ = try await writer.run(
                StreamScripts.trim.call(keys: keys.jobStreams, ControlKeys.group)
            )
        }
        guard due.claim else { return nil }
        var entries: [StreamEntry] = []
        var pipeline = Pipeline()
        let cursors = state.withLock { $0.claims.cursors }
        for (stream, cursor) in zip(keys.jobStreams, cursors) {
            pipeline.append(
                "XAUTOCLAIM",
                stream,
                ControlKeys.group,
                options.consumer,
                Int(options.claimAfter / .milliseconds(1)),
                cursor,
                "COUNT",
                options.batchSize
            )
        }
        let replies = try await writer.execute(pipeline)
        if let error = replies.firstError { throw error }
        for (index, reply) in replies.enumerated() {
            entries += StreamEntry.read(claimed: reply, stream: index)
            let cursor = reply[0]?.string ?? ClaimRound.beginning
            state.withLock { $0.claims.cursors[index] = cursor }
        }
        // While a round is not over the next look does not wait for the interval.
        state.withLock { state in
            if !state.claims.isOver { state.housekeeping.claimSoon() }
        }
        return entries.isEmpty ? nil : batch(entries)
    }

    private func batch(_ entries: [StreamEntry]) -> DeliveryBatch {
        DeliveryBatch(entries.map { Delivery(body: $0.event) }) {
            [self] (outcomes) throws(SourceError) in
            do throws(RedisError) {
                try await settle(entries, outcomes)
            } catch {
                throw SourceError(error)
            }
        }
    }

    // MARK: Settling

    /// The name, the stream and the group: an acknowledgement of nothing.
    private static let emptyAckCount = 3

    private func settle(
        _ entries: [StreamEntry],
        _ outcomes: [Outcome]
    ) async throws(RedisError) {
        for (entry, outcome) in zip(entries, outcomes) {
            guard case .deadLetter(let cause) = outcome else { continue }
            try await bury(entry, cause)
        }
        var commands = keys.jobStreams.map { RedisCommand("XACK", $0, ControlKeys.group) }
        for index in entries.indices where outcomes[index] == .done {
            commands[entries[index].stream].append(entries[index].id)
        }
        var pipeline = Pipeline()
        for command in commands where command.count > Self.emptyAckCount {
            pipeline.append(command)
        }
        if let error = try await writer.execute(pipeline).firstError { throw error }
        state.withLock { $0.housekeeping.finished(jobs: entries.count) }
    }

    /// Stores the dead letter and acknowledges the job in one step.
    private func bury(_ entry: StreamEntry, _ cause: DeadLetterCause) async throws(RedisError) {
        let stream = keys.jobStreams[entry.stream]
        let call = StreamScripts.bury.call(
            keys: [stream, keys.deadLetters],
            ControlKeys.group,
            entry.id,
            entry.event,
            cause.reason,
            cause.error,
            "\(stream) \(String(decoding: entry.id, as: UTF8.self))",
            Timestamp.now()
        )
        _ = try await writer.run(call)
    }
}

extension SourceError {
    init(_ error: RedisError) {
        self.init(error.message)
    }
}
