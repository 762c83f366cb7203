import Synchronization
public import Telemetry

/// Keeps the local tier as new as the coherence log.
///
/// Messages are applied in the call that reports them, so there is no queue that could grow or be
/// overtaken; only the journal is read by a task of its own.
public final class CoherenceFollower: Sendable {
    /// How long a reader waits for the next message, and how long it may serve without one.
    public struct Timing: Sendable, Hashable {
        /// A log that is silent for this long gets a heartbeat from one of its readers.
        public var heartbeat: Duration
        /// The local tier answers for this long after the log was last heard.
        public var lease: Duration
        /// A node makes sure this often that it listens where it sends.
        public var canary: Duration

        /// No copy that is served is older, whatever fails: a process that listens to a server
        /// which nobody writes to notices it by its canary.
        public var bound: Duration { canary + lease }

        /// Timing from its parts.
        public init(
            heartbeat: Duration = .seconds(1),
            lease: Duration = .seconds(3),
            canary: Duration = .seconds(5)
        ) {
            self.heartbeat = heartbeat
            self.lease = lease
            self.canary = canary
        }
    }

    /// How many journal entries are asked for at a time.
    static let journalPageLength = 500
    /// The pause after a journal read that failed.
    static let journalRetryDelay = Duration.milliseconds(100)

    /// Whether the local tier may answer.
    public let gate: ServingGate

    private let log: any CoherenceLog
    private let store: (any StoreLife)?
    private let tier: LocalTier
    /// How long it waits, and how long it may serve.
    public let timing: Timing
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger
    private let reader: Mutex<CoherenceReader>
    private let journalQueries = AsyncStream.makeStream(
        of: CoherenceTracker.JournalQuery.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    private let heartbeatRequests = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    private let nameTaken = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    /// What a follower has been through.
    public struct Statistics: Sendable, Hashable {
        /// How often the subscription was made.
        public var subscriptions = 0
        /// How often nothing could be trusted any more, and why.
        public var distrusts: [CoherenceTracker.DistrustReason: Int] = [:]
        /// What came over the channel and was no message.
        public var unreadableMessages = 0
    }

    /// A follower that has heard nothing; `run` begins.
    ///
    /// `node` is what the log signs this process' messages with, and `token` tells the process from
    /// another one of that name. A `store` that is on another server than the log is asked each
    /// heartbeat whether it still has what it had.
    public init(
        log: any CoherenceLog,
        store: (any StoreLife)? = nil,
        tier: LocalTier,
        timing: Timing = Timing(),
        node: String? = nil,
        token: ProcessToken = ProcessToken(),
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.log = log
        self.store = store
        self.tier = tier
        self.timing = timing
        self.logger = logger
        self.clock = clock
        self.now = now
        gate = ServingGate(origin: now())
        reader = Mutex(
            CoherenceReader(
                timing: timing,
                token: token,
                node: node,
                isStoreElsewhere: store != nil,
                at: now()
            )
        )
    }

    /// The last message applied.
    public var applied: LogPosition {
        reader.withLock { $0.applied ?? .start }
    }

    /// How long nothing has been heard.
    public var silence: Duration { reader.withLock { $0.lastHeard.duration(to: now()) } }

    /// How long ago the last own canary that was heard had been sent; nil when none was since the
    /// subscription.
    public var canaryAge: Duration? {
        reader.withLock { $0.canaryProof?.duration(to: now()) }
    }

    /// How long copies may be served from now on, if nothing more is heard.
    public var leaseRest: Duration {
        reader.withLock { $0.servesUntil.map { max(.zero, now().duration(to: $0)) } ?? .zero }
    }

    /// What it has been through.
    public var statistics: Statistics { reader.withLock { $0.statistics } }

    /// Whether another process had the name of this one before, so that this one has to end.
    public var hasToYield: Bool { reader.withLock { $0.hasToYield } }

    /// Whether the local tier may answer at this moment.
    public var isFollowing: Bool { gate.isOpen(at: now()) }

    /// Why the local tier may not answer at this moment, for people; nil when it may.
    public var problem: String? {
        if isFollowing { return nil }
        let isUnheard = reader.withLock { $0.isUnheard(at: now()) }
        return isUnheard
            ? "own messages are not heard: it may listen to another server than it writes to"
            : "the log is not followed"
    }

    /// Follows the log until the task is cancelled; then the gate is shut.
    ///
    /// When another process turns out to have had the name of this one before, it calls `yieldName`
    /// and goes on: to end is for the caller.
    public func run(yieldName: @escaping @Sendable () -> Void = {}) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                for await _ in nameTaken.stream { yieldName() }
            }
            group.addTask { [self] in await log.follow { self.hear($0) } }
            group.addTask { [self] in await readJournals() }
            group.addTask { [self] in await sendHeartbeats() }
            group.addTask { [self] in await sendRequestedHeartbeats() }
            if let store { group.addTask { [self] in await watch(store) } }
        }
        gate.shut()
    }

    private func hear(_ signal: CoherenceSignal) {
        if case .lost(let reason) = signal {
            logger.warning("coherence subscription lost", ["reason": .string(reason)])
        }
        reader.withLock { reader in
            perform(reader.hear(signal, at: now()))
            gate.set(until: reader.servesUntil)
        }
    }

    /// Does what the reader says, under its lock: no message may overtake another.
    private func perform(_ effects: [CoherenceReader.Effect]) {
        for effect in effects {
            switch effect {
            case .forget(let announcement, let position):
                let dropped = tier.apply(announcement, at: position)
                if dropped > 0 {
                    logger.info(
                        "local copies dropped",
                        [
                            "entries": .integer(dropped),
                            "sequence": .integer(Int(clamping: position.sequence)),
                        ]
                    )
                }
            case .forgetAhead(let position): tier.forgetAhead(of: position)
            case .distrustEverything(let reason):
                logger.info("local tier distrusted", ["reason": .string(reason.rawValue)])
                tier.distrustAll()
            case .readJournal(let query): journalQueries.continuation.yield(query)
            case .sendHeartbeat: heartbeatRequests.continuation.yield()
            case .yieldName:
                logger.error("the name of this node is taken: set another NODE_ID")
                nameTaken.continuation.yield()
            }
        }
    }

    private func readJournals() async {
        for await query in journalQueries.stream { await readJournal(query) }
    }

    private func readJournal(_ query: CoherenceTracker.JournalQuery) async {
        while !Task.isCancelled, reader.withLock({ $0.awaits(query) }) {
            do throws(StoreError) {
                // The lease counts from before the answer: the process may be stopped meanwhile.
                let start = now()
                // The position first: what is appended meanwhile is heard live.
                let last = try await log.position()
                let page = try await log.journal(
                    from: query.sequence,
                    limit: Self.journalPageLength
                )
                reader.withLock { reader in
                    perform(reader.journalRead(page, last: last, for: query, begunAt: start))
                    gate.set(until: reader.servesUntil)
                }
                return
            } catch {
                logger.warning("coherence journal unreadable", ["error": .description(of: error)])
                guard await pause(Self.journalRetryDelay) else { return }
            }
        }
    }

    private func watch(_ store: any StoreLife) async {
        while !Task.isCancelled {
            var wait = timing.heartbeat
            let start = now()
            do throws(StoreError) {
                let life = try await store.life()
                reader.withLock { reader in
                    perform(reader.storeAnswered(life, askedAt: start))
                    gate.set(until: reader.servesUntil)
                }
            } catch {
                logger.debug("store not asked", ["error": .description(of: error)])
                wait = Self.journalRetryDelay
            }
            guard await pause(wait) else { return }
        }
    }

    private func sendHeartbeats() async {
        while !Task.isCancelled {
            let patience = timing.heartbeat * Double.random(in: 0.5...0.9)
            let wait = reader.withLock { $0.heartbeatPause(patience: patience, at: now()) }
            if wait == nil { await sendHeartbeat() }
            // After a heartbeat that was not heard there is no silence to count from.
            guard await pause(wait ?? patience) else { return }
        }
    }

    /// Where nothing has been heard yet, nobody waits for the next interval.
    private func sendRequestedHeartbeats() async {
        for await _ in heartbeatRequests.stream { await sendHeartbeat() }
    }

    private func sendHeartbeat() async {
        let canary = reader.withLock { $0.nextCanary(at: now()) }
        do throws(StoreError) {
            try await log.sendHeartbeat(canary: canary)
        } catch {
            logger.debug("heartbeat not sent", ["error": .description(of: error)])
        }
    }

    /// Waits; false when the task was cancelled.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
