import CacheDomain
import Jobs
import Telemetry

/// The worker as a process: runs the parts until the jobs end or a signal comes.
struct Service {
    let assembly: Assembly
    /// Jobs that come from inside the process: standard input.
    let localQueue: InMemoryQueue?

    private var configuration: Configuration { assembly.configuration }
    private var logger: Logger { assembly.logger }

    /// Works until every source has ended, which `stop` brings about.
    ///
    /// The first element of `stop` drains: sources stop, what is in flight is finished; what is
    /// not finished after the drain timeout is left for others.
    func run(until stop: AsyncStream<Void>) async {
        let tier = assembly.localTier()
        let follower = assembly.follower(of: tier)
        let cache = CacheLayer(store: assembly.store, tier: tier, gate: follower.gate)
        let account = WorkAccount(logger)
        var sources = assembly.sources()
        if let localQueue {
            sources.append(InMemorySource(localQueue, batchSize: configuration.batchSize))
        }
        let handler = CacheJobHandler(
            cache: cache,
            defaultTimeToLive: configuration.defaultTimeToLive
        )
        let workers = sources.map { source in
            Worker(
                source: source,
                handler: handler,
                limits: EventLimits(maxEventBytes: configuration.maxEventBytes),
                logger: logger,
                report: account.add
            )
        }
        let names = sources.map(\.name).joined(separator: ",")
        logger.info("worker started", ["sources": .string(names)])
        await withDiscardingTaskGroup { background in
            background.addTask { await follower.run() }
            background.addTask { await account.run() }
            background.addTask { await assembly.checkEviction() }
            await work(workers, draining: sources, until: stop)
            background.cancelAll()
        }
        logger.info("worker stopped")
    }

    private func work(
        _ workers: [Worker],
        draining sources: [any JobSource],
        until stop: AsyncStream<Void>
    ) async {
        enum End {
            case worker
            case drainTimeout
        }
        let timeout = configuration.drainTimeout
        let logger = logger
        await withTaskGroup(of: End.self) { group in
            for worker in workers {
                group.addTask {
                    await worker.run()
                    return .worker
                }
            }
            group.addTask {
                for await _ in stop { break }
                guard !Task.isCancelled else { return .drainTimeout }
                logger.info("draining", ["timeout": .seconds(timeout)])
                for source in sources { await source.stop() }
                // Ended early by cancellation when the last worker has ended.
                _ = try? await Task.sleep(for: timeout)
                return .drainTimeout
            }
            var running = workers.count
            for await end in group {
                if end == .worker { running -= 1 }
                if end == .drainTimeout || running == 0 { break }
            }
            if running > 0 { logger.warning("drain timed out, the rest is left for others") }
            group.cancelAll()
        }
    }
}
