import Synchronization
public import Telemetry

/// Looks whether the copies that this process would serve are what the store has, all the time.
///
/// The protocol says how old a copy can be; this says how old copies have been.
public final class CoherenceAuditor: Sendable {
    /// The time between two looks.
    static let interval = Duration.seconds(1)
    /// How many copies are looked at each time, and one command each for the store.
    static let sampleSize = 16

    private let store: any RemoteStore
    private let tier: LocalTier
    private let gate: ServingGate
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let audit = Mutex(Audit())

    /// An auditor of a tier; it looks only while `gate` lets copies be served.
    public init(
        store: any RemoteStore,
        tier: LocalTier,
        gate: ServingGate,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.tier = tier
        self.gate = gate
        self.logger = logger
        self.clock = clock
        self.now = now
    }

    /// What it has found so far.
    public var findings: Audit.Findings { audit.withLock { $0.findings } }

    /// Looks until the task is cancelled.
    public func run() async {
        while (try? await clock.sleep(for: Self.interval)) != nil { await look() }
    }

    /// Compares a sample of the copies, and those that differed before.
    func look() async {
        guard gate.isOpen(at: now()) else { return }
        let due = audit.withLock { $0.due(at: now()) }
        let keys = Array(Set(due + tier.sample(Self.sampleSize, at: now())))
        guard !keys.isEmpty else { return }
        let values: [StoredValue?]
        do throws(StoreError) {
            values = try await store.values(forKeys: keys).values
        } catch {
            // Nothing was compared, and nothing is said: the next look asks again.
            return logger.debug("no audit", ["error": .description(of: error)])
        }
        let moment = now()
        for (key, stored) in zip(keys, values) {
            // What is not served any more cannot be stale.
            let copy = gate.isOpen(at: moment) ? tier.entry(forKey: key, at: moment)?.bytes : nil
            let age = audit.withLock {
                $0.compare(key, copy: copy, stored: stored?.bytes, at: moment)
            }
            guard let age else { continue }
            logger.warning(
                "a copy differs from the store",
                ["key": .string(key), "for": .seconds(age)]
            )
        }
    }
}
