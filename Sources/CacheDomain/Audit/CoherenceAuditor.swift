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
    private let journal: JournalSearch
    private let log: any CoherenceLog
    private let tier: LocalTier
    private let follower: CoherenceFollower
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let audit: Mutex<Audit>

    /// An auditor of the tier that `follower` keeps; it looks only while copies may be served.
    public init(
        store: any RemoteStore,
        log: any CoherenceLog,
        tier: LocalTier,
        follower: CoherenceFollower,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.store = store
        self.log = log
        journal = JournalSearch(log: log)
        self.tier = tier
        self.follower = follower
        self.logger = logger
        self.clock = clock
        self.now = now
        audit = Mutex(Audit(bound: follower.timing.bound))
    }

    /// What it has found so far.
    public var findings: Audit.Findings {
        audit.withLock { audit in
            var findings = audit.findings
            findings.presentAge = audit.oldestSince?.duration(to: now()) ?? .zero
            return findings
        }
    }

    /// Looks until the task is cancelled.
    public func run() async {
        while (try? await clock.sleep(for: Self.interval)) != nil { await look() }
    }

    /// Compares a sample of the copies, and those that differed before.
    func look() async {
        let start = now()
        guard follower.gate.isOpen(at: start) else { return }
        let due = audit.withLock { $0.due(at: start) }
        let samples = Set(tier.sample(Self.sampleSize, at: start))
        let keys = Array(samples.union(due))
        guard !keys.isEmpty else { return }
        let copies = keys.map { servable($0, at: start) }
        do throws(StoreError) {
            let reading = try await store.values(forKeys: keys)
            let position: LogPosition
            if let known = reading.position {
                position = known
            } else {
                position = try await log.position()
            }
            for ((key, copy), stored) in zip(zip(keys, copies), reading.values) {
                // What has come or gone meanwhile is not what the store was asked about.
                guard let copy, servable(key, at: now()) == copy else {
                    audit.withLock { $0.forget(key) }
                    continue
                }
                let sight = Audit.Sight(
                    key: key,
                    copy: copy,
                    stored: stored?.bytes,
                    isSample: samples.contains(key)
                )
                await judge(sight, at: position)
            }
        } catch {
            // Nothing was compared, and nothing is said: the next look asks again.
            logger.debug("no audit", ["error": .description(of: error)])
        }
    }

    /// The copy of the key that could be served at this moment.
    private func servable(_ key: String, at moment: ContinuousClock.Instant) -> LocalEntry? {
        follower.gate.isOpen(at: moment) ? tier.servable(key, at: moment) : nil
    }

    private func judge(_ sight: Audit.Sight, at position: LogPosition) async {
        let progress = Audit.Progress(log: position, applied: follower.applied)
        var verdict = audit.withLock { $0.see(sight, progress, at: now()) }
        if case .lookIntoJournal(let end) = verdict {
            let testimony = await journal.testimony(about: sight, upTo: end)
            verdict = audit.withLock { $0.testify(testimony, about: sight, at: now()) }
        }
        switch verdict {
        case .fine, .lookIntoJournal: break
        case .foreign:
            logger.info(
                "a value was changed with no word in the log",
                ["key": .string(sight.key), "stored": .string(Audit.summary(of: sight.stored))]
            )
        case .stale(let age, let cause, let isPastBound):
            tell(sight, age, cause, isPastBound: isPastBound)
        }
    }

    private func tell(
        _ sight: Audit.Sight,
        _ age: Duration,
        _ cause: Audit.Cause,
        isPastBound: Bool
    ) {
        guard isPastBound else {
            return logger.warning(
                "a copy differs from the store",
                ["key": .string(sight.key), "for": .seconds(age)]
            )
        }
        let (known, applied) = (follower.known, follower.applied)
        logger.error(
            "a copy is older than the bound",
            [
                "key": .string(sight.key),
                "for": .seconds(age),
                "cause": .string(cause.rawValue),
                "copy": .string(Audit.summary(of: sight.copy.bytes)),
                "stored": .string(Audit.summary(of: sight.stored)),
                "filledAt": .string(Audit.summary(of: sight.copy.asOf)),
                "applied": .string(Audit.summary(of: applied)),
                "known": .string(Audit.summary(of: known)),
                "leaseRest": .seconds(follower.leaseRest),
                "silence": .seconds(follower.silence),
                "canaryAge": follower.canaryAge.map(LogValue.seconds) ?? "none",
                "trace": .string(
                    follower.trace(of: sight.key, sight.copy.tags).joined(separator: "; ")
                ),
            ]
        )
    }
}
