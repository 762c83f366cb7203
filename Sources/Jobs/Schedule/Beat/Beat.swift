import Synchronization
public import Telemetry

/// Fires the entries of the schedule when their time has come.
///
/// Any number of beats run at the same time, one in each process, and none leads: what a firing is
/// follows from entry and instant, and claiming it and enqueuing its event is one step of the
/// store, on the store's clock. So all may try, one gets it, and a beat that stands still, or dies
/// at any point, is missed by nobody.
public final class Beat: Sendable {
    /// How many entries one round takes; more follow at once.
    static let roundLimit = 100
    /// How long an entry is put off that this process cannot read: a newer program wrote it, which
    /// fires it meanwhile.
    static let unreadablePause = Duration.seconds(5)

    private let store: any BeatStore
    private let node: String
    private let logger: Logger
    private let time: BeatTime
    private let outbox: Outbox?
    private let tell: @Sendable (BeatEvent) -> Void
    private let waker = Waker()
    private let state: Mutex<State>

    private struct State {
        var beat: BeatState
        var skew = ClockSkew()
        var planner: ClaimPlanner
        /// Told once until it works again.
        var isFailing = false
        var isStopping = false

        /// - Returns: whether it had worked.
        mutating func beginFailing() -> Bool {
            defer { isFailing = true }
            return !isFailing
        }

        /// - Returns: whether it had not worked.
        mutating func endFailing() -> Bool {
            defer { isFailing = false }
            return isFailing
        }
    }

    /// A beat of this process, which brings `entries` along.
    ///
    /// `broker` takes the events of entries that travel over RabbitMQ; nil: others publish them.
    public init(
        _ store: any BeatStore,
        node: String,
        entries: [InstalledEntry] = [],
        zones: any ZoneSource,
        broker: (any JobPublisher)? = nil,
        logger: Logger = Logger(SilentLog()),
        time: BeatTime = BeatTime(),
        tell: @escaping @Sendable (BeatEvent) -> Void = { _ in }
    ) {
        self.store = store
        self.node = node
        self.logger = logger
        self.time = time
        self.tell = tell
        outbox = broker.map {
            Outbox(store, publisher: $0, logger: logger, clock: time.clock, tell: tell)
        }
        state = Mutex(
            State(beat: BeatState(node: node, entries: entries), planner: ClaimPlanner(zones))
        )
    }

    /// Brings other entries along from now on: the file was read again.
    public func reload(_ entries: [InstalledEntry]) {
        state.withLock { $0.beat.reload(entries) }
        waker.wake()
    }

    /// Looks at once: somebody in this process has changed the schedule.
    public func wake() { waker.wake() }

    /// Fires until it is stopped, or the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            if let outbox { group.addTask { await outbox.run() } }
            await fireDue()
        }
    }

    /// Ends `run` when what is under way is done; twice, or before it runs, is fine.
    public func stop() {
        state.withLock { $0.isStopping = true }
        waker.wake()
        outbox?.stop()
    }

    private func fireDue() async {
        var backoff = Backoff(cap: BeatState.maxPause)
        while !Task.isCancelled, !state.withLock({ $0.isStopping }) {
            let pause: Duration
            do throws(ScheduleError) {
                pause = try await round()
                backoff.reset()
                if state.withLock({ $0.endFailing() }) { logger.info("the schedule goes on") }
            } catch {
                guard !Task.isCancelled else { return }
                note(error)
                pause = backoff.next()
            }
            guard await waker.wait(pause, on: time.clock) else { return }
        }
    }

    private func note(_ error: ScheduleError) {
        tell(.failed(error))
        guard state.withLock({ $0.beginFailing() }) else { return }
        logger.warning("nothing can be fired", ["error": .description(of: error)])
    }

    // MARK: A round

    /// Puts in what is to be put in, looks, and claims what is due.
    /// - Returns: how long to wait for the next one.
    private func round() async throws(ScheduleError) -> Duration {
        let installation = state.withLock { $0.beat.installation(at: time.now()) }
        if let installation { try await install(installation) }
        let sight = try await look()
        guard state.withLock({ $0.beat.looked(sight) }) else { return .zero }
        let start = time.now()
        if sight.outgoingCount > 0 { outbox?.wake() }
        let plan = state.withLock { $0.planner.plan(sight) }
        for fault in plan.faults { note(fault) }
        if !plan.unreadable.isEmpty {
            try await store.postpone(plan.unreadable, by: Self.unreadablePause)
        }
        let answers = plan.claims.isEmpty ? [] : try await store.claim(plan.claims)
        let elapsed = start.duration(to: time.now())
        tellOfClaims(plan.claims, answers, at: sight.now + elapsed)
        return state.withLock {
            $0.beat.pause(after: sight, plan.claims, answers, elapsed: elapsed)
        }
    }

    private func install(_ installation: Installation) async throws(ScheduleError) {
        let receipt = try await store.install(installation)
        state.withLock { $0.beat.installed(receipt, at: time.now()) }
        for name in receipt.takenOver {
            logger.warning("an entry of the file has replaced one made at run time", name)
        }
        for name in receipt.removed {
            logger.info("an entry was removed that no file has any more", name)
        }
    }

    private func look() async throws(ScheduleError) -> ScheduleSight {
        let sent = time.wallClock()
        let glance = Glance(
            node: node,
            skew: state.withLock { $0.skew.offset },
            limit: Self.roundLimit
        )
        let sight = try await store.look(glance)
        let (skew, isNews) = state.withLock { state in
            let isNews = state.skew.measured(
                sent: sent,
                answered: time.wallClock(),
                server: sight.now
            )
            return (state.skew, isNews)
        }
        if isNews, skew.isApart {
            logger.warning(
                "the clock of this process is not that of Redis, which decides when entries fire",
                ["ahead": .seconds(skew.offset)]
            )
        }
        tell(.looked(sight, skew: skew.offset))
        return sight
    }

    private func note(_ fault: ClaimPlanner.Fault) {
        logger.error(
            "an entry cannot be fired by this process",
            ["entry": .string(fault.name), "error": .string(fault.message)]
        )
    }

    private func tellOfClaims(
        _ claims: [ScheduleClaim],
        _ answers: [ScheduleClaim.Answer],
        at now: WallTime
    ) {
        var counts = FiringCounts()
        for (claim, answer) in zip(claims, answers) {
            switch answer {
            case .granted(let fired):
                counts.add(claim, fired: fired, at: now)
                if claim.missed > 0 {
                    logger.warning(
                        "firings were missed",
                        ["entry": .string(claim.due.name), "count": .integer(claim.missed)]
                    )
                }
            case .full: note(.full)
            case .taken: continue
            }
        }
        if !counts.isEmpty { tell(.fired(counts)) }
    }
}

extension Logger {
    fileprivate func warning(_ message: StaticString, _ entry: String) {
        warning(message, ["entry": .string(entry)])
    }

    fileprivate func info(_ message: StaticString, _ entry: String) {
        info(message, ["entry": .string(entry)])
    }
}
