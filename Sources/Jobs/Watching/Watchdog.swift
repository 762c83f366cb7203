public import Telemetry

/// Sees to it that no source is alive, connected and takes nothing.
///
/// It looks at each source again and again, beside everything else. Where no jobs come although
/// some wait, what they come through is made anew, then the connection; when neither has helped
/// it tells that the process has to end, and does no more for this source.
public struct Watchdog: Sendable {
    private let sources: [any JobSource]
    private let timeout: Duration
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let tell: @Sendable (StallEvent) -> Void

    /// A watchdog that acts after `timeout`, and again each time it has passed; zero: never.
    public init(
        over sources: [any JobSource],
        timeout: Duration,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        tell: @escaping @Sendable (StallEvent) -> Void = { _ in }
    ) {
        self.sources = sources
        self.timeout = timeout
        self.logger = logger
        self.clock = clock
        self.now = now
        self.tell = tell
    }

    /// Watches until the task is cancelled.
    public func run() async {
        guard timeout > .zero else { return }
        await withDiscardingTaskGroup { group in
            // A server that does not answer must not keep others from being watched.
            for source in sources { group.addTask { await watch(source) } }
        }
    }

    private func watch(_ source: any JobSource) async {
        var detector = StallDetector(timeout: timeout)
        while (try? await clock.sleep(for: detector.interval)) != nil {
            let flows = await source.flows()
            guard !Task.isCancelled else { return }
            let finding = detector.look(flows, at: now())
            report(finding, of: source.name)
            switch finding.stalls.map(\.action).max() {
            case nil: break
            case .exit: return
            case .connection: await source.rebuildConnection()
            case .consumer:
                for stall in finding.stalls { await source.rebuildConsumer(of: stall.queue) }
            }
        }
    }

    private func report(_ finding: StallDetector.Finding, of source: String) {
        for queue in finding.recovered {
            logger(source, queue).info("no jobs are held up any more")
            tell(.recovered(source: source, queue: queue))
        }
        for stall in finding.stalls {
            let logger = logger(source, stall.queue)
            switch stall.action {
            case .consumer:
                logger.warning("no jobs come though some wait: the consumer is made anew")
            case .connection:
                logger.warning("no jobs come though some wait: the connection is made anew")
            case .exit:
                logger.error("no jobs come though some wait, and new connections did not help")
            }
            tell(.stalled(source: source, queue: stall.queue, stall.action))
        }
    }

    private func logger(_ source: String, _ queue: String) -> Logger {
        logger.with([
            "source": .string(source), "queue": .string(queue), "timeout": .seconds(timeout),
        ])
    }
}
