import Synchronization
public import Telemetry

/// Keeps the copies under watched prefixes as new as the store, whoever writes there.
///
/// Changes are applied in the call that reports them, as messages of the log are.
public final class PrefixWatcher: Sendable {
    /// What a watcher has been through.
    public struct Statistics: Sendable, Equatable {
        /// How often the watch began.
        public var beginnings = 0
        /// How often it was lost or given up.
        public var losses = 0
        /// The keys that were told as changed.
        public var changes = 0
        /// How often every key was.
        public var flushes = 0
    }

    private let watch: any PrefixWatch
    private let tier: LocalTier
    private let timing: CoherenceFollower.Timing
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let logger: Logger
    private let state: Mutex<PrefixWatchState>
    private let canaries = AsyncStream.makeStream(
        of: String.self,
        bufferingPolicy: .bufferingNewest(1)
    )
    private let beginnings = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    /// A watcher that watches nothing before `run`, and then sends a canary each heartbeat.
    public init(
        _ watch: any PrefixWatch,
        tier: LocalTier,
        timing: CoherenceFollower.Timing = CoherenceFollower.Timing(),
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.watch = watch
        self.tier = tier
        self.timing = timing
        self.logger = logger
        self.clock = clock
        self.now = now
        state = Mutex(PrefixWatchState(timing: timing, token: ProcessToken()))
    }

    /// What it has been through.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// Why copies under the prefixes are not served, for people; nil when they are.
    public var problem: String? { state.withLock { $0.problem(at: now()) } }

    /// Watches until the task is cancelled; then nothing under the prefixes is served.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in await follow() }
            group.addTask { [self] in await look() }
            group.addTask { [self] in
                for await canary in canaries.stream { await send(canary) }
            }
        }
        hear(.lost("ended"))
    }

    /// Follows one watch after the other.
    private func follow() async {
        while !Task.isCancelled {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [self] in await watch.follow { self.hear($0) } }
                group.addTask { [self] in
                    for await _ in beginnings.stream { break }
                }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func look() async {
        while (try? await clock.sleep(for: timing.heartbeat)) != nil {
            state.withLock { state in perform(state.look(at: now()), &state) }
        }
    }

    private func send(_ canary: String) async {
        do throws(StoreError) {
            let connection = try await watch.sendCanary(canary)
            state.withLock { state in perform(state.sent(canary, over: connection), &state) }
        } catch {
            logger.debug("canary not sent", ["error": .description(of: error)])
            state.withLock { $0.sendingFailed("\(error)") }
        }
    }

    private func hear(_ signal: PrefixWatchSignal) {
        switch signal {
        case .began: logger.info("watching prefixes")
        case .lost(let reason):
            logger.warning(
                "prefixes not watched: copies under them are not served",
                ["reason": .string(reason)]
            )
        case .flushed: logger.info("store emptied: local copies under watched prefixes dropped")
        case .changed, .canary: break
        }
        state.withLock { state in perform(state.hear(signal, at: now()), &state) }
    }

    /// Does what the state says, under its lock: no change may overtake another.
    private func perform(_ effects: [PrefixWatchState.Effect], _ state: inout PrefixWatchState) {
        for effect in effects {
            switch effect {
            case .distrust: tier.distrustWatched()
            case .forget(let keys): tier.forgetWatched(keys)
            case .forgetAll: tier.forgetAllWatched()
            case .sendCanary(let canary): canaries.continuation.yield(canary)
            case .beginAnew:
                logger.warning("prefixes not watched: canaries are not heard, it begins anew")
                beginnings.continuation.yield()
            }
        }
        tier.serveWatched(until: state.servesUntil)
    }
}
