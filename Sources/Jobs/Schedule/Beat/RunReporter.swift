import Synchronization
public import Telemetry

/// Tells the schedule what became of its events, behind the workers' backs.
///
/// What cannot be told for long is dropped, the oldest first: a run whose end nobody heard of
/// counts as under way until its limit, no longer.
public final class RunReporter: Sendable {
    /// How many reports wait at most.
    static let maxWaiting = 10_000
    /// How many are told at once.
    static let batchSize = 500
    private static let idlePause = Duration.seconds(60)

    private let store: any BeatStore
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let waker = Waker()
    private let waiting = Mutex<[RunReport]>([])

    /// A reporter to that schedule.
    public init(
        to store: any BeatStore,
        logger: Logger = Logger(SilentLog()),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.logger = logger
        self.clock = clock
    }

    /// Takes what a worker has settled; most of it has nothing to do with the schedule.
    public func add(_ batch: BatchReport) {
        guard batch.eventIDs.contains(where: FiringIdentity.isLikely) else { return }
        let reports = zip(batch.eventIDs, batch.outcomes).compactMap(RunReport.init)
        guard !reports.isEmpty else { return }
        let dropped = waiting.withLock { waiting in
            waiting += reports
            let surplus = max(0, waiting.count - Self.maxWaiting)
            waiting.removeFirst(surplus)
            return surplus
        }
        if dropped > 0 {
            logger.warning("outcomes of firings were dropped", ["count": .integer(dropped)])
        }
        waker.wake()
    }

    /// Tells until the task is cancelled.
    public func run() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            var pause = Self.idlePause
            if await tellWaiting() { backoff.reset() } else { pause = backoff.next() }
            guard await waker.wait(pause, on: clock) else { return }
        }
    }

    /// Tells what waits, as far as the store takes it.
    /// - Returns: false when something is left.
    @discardableResult
    public func tellWaiting() async -> Bool {
        while !Task.isCancelled {
            let reports = waiting.withLock { Array($0.prefix(Self.batchSize)) }
            guard !reports.isEmpty else { return true }
            do throws(ScheduleError) {
                try await store.report(reports)
                forget(reports)
            } catch {
                logger.debug(
                    "outcomes of firings not told yet",
                    ["count": .integer(reports.count), "error": .description(of: error)]
                )
                return false
            }
        }
        return false
    }

    /// Some may have been dropped meanwhile, from the front.
    private func forget(_ reports: [RunReport]) {
        waiting.withLock { waiting in
            var told = reports[...]
            while let first = waiting.first, let index = told.firstIndex(of: first) {
                told = told[(index + 1)...]
                waiting.removeFirst()
            }
        }
    }
}
