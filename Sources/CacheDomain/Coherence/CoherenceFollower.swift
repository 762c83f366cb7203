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
    let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger
    let state: Mutex<State>

    /// What decides, and what is told of it.
    struct State {
        var reader: CoherenceReader
        var account = FollowingAccount()
        var trace = DecisionTrace()
    }

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
        let reader = CoherenceReader(
            timing: timing,
            token: token,
            node: node,
            isStoreElsewhere: store != nil,
            at: now()
        )
        state = Mutex(State(reader: reader))
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
        let cause: FollowingAccount.Cause =
            if case .message = signal { .message } else { .subscription }
        perform(because: cause) { reader, now in reader.hear(signal, at: now) }
    }

    /// Tells the reader something and does what it says, under its lock: no message may overtake
    /// another.
    private func perform(
        because cause: FollowingAccount.Cause,
        _ tell: (inout CoherenceReader, ContinuousClock.Instant) -> [CoherenceReader.Effect]
    ) {
        state.withLock { state in
            let (moment, before) = (now(), state.reader.applied)
            let effects = tell(&state.reader, moment)
            for effect in effects { state.trace.note(effect, at: moment) }
            perform(effects)
            gate.set(until: state.reader.servesUntil)
            state.account.note(
                effects,
                of: cause,
                from: before,
                to: state.reader.applied,
                at: moment
            )
        }
    }

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
            case .doubtAnswers: tier.doubtAnswers()
            case .trustAnswers: tier.trustAnswers()
            case .readJournal(let query): journalQueries.continuation.yield(query)
            case .sendHeartbeat: heartbeatRequests.continuation.yield()
            case .yieldName:
                logger.error("the name of this node is taken: set another NODE_ID")
                nameTaken.continuation.yield()
            case .noteLag, .noteClock: break
            }
        }
    }

    private func readJournals() async {
        for await query in journalQueries.stream { await readJournal(query) }
    }

    private func readJournal(_ query: CoherenceTracker.JournalQuery) async {
        while !Task.isCancelled, state.withLock({ $0.reader.awaits(query) }) {
            do throws(StoreError) {
                // The lease counts from before the answer: the process may be stopped meanwhile.
                let start = now()
                // The position first: what is appended meanwhile is heard live.
                let last = try await log.position()
                let page = try await log.journal(
                    from: query.sequence,
                    limit: Self.journalPageLength
                )
                perform(because: .journal) { reader, _ in
                    reader.journalRead(page, last: last, for: query, begunAt: start)
                }
                return
            } catch {
                state.withLock { $0.account.noteUnreadableJournal() }
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
                perform(because: .store) { reader, _ in
                    reader.storeAnswered(life, askedAt: start)
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
            let wait = state.withLock {
                $0.reader.heartbeatPause(patience: patience, at: now())
            }
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
        let canary = state.withLock { $0.reader.nextCanary(at: now()) }
        do throws(StoreError) {
            try await log.sendHeartbeat(canary: canary)
            state.withLock { $0.account.noteHeartbeat(wasSent: true) }
        } catch {
            state.withLock { $0.account.noteHeartbeat(wasSent: false) }
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
