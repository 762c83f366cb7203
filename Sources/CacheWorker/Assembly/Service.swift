import CacheDomain
import HTTPServer
import Jobs
import Telemetry

/// The worker as a process: runs the parts until the jobs end or a signal comes.
struct Service {
    private let assembly: Assembly
    private let lanes: [WorkLane]
    private let cache: CacheLayer
    private let follower: CoherenceFollower
    private let prefixWatcher: PrefixWatcher?
    private let auditor: CoherenceAuditor
    private let observation: Observation
    private let upkeep: Upkeep
    /// The schedule for people; nil where there is none.
    private let schedule: (any ScheduleStore)?
    private let beat: Beat?
    private let reporter: RunReporter?
    private let giveUp: @Sendable () -> Void
    private let drain = Drain()

    private var configuration: Configuration { assembly.configuration }
    private var logger: Logger { assembly.logger }

    /// The service of an assembly.
    ///
    /// `localQueue` holds jobs that come from inside the process: standard input. `giveUp` ends the
    /// process at once when a job does not end.
    init(
        _ assembly: Assembly,
        localQueue: InMemoryQueue?,
        log: LineLog,
        giveUp: @escaping @Sendable () -> Void
    ) throws(StartError) {
        self.giveUp = giveUp
        self.assembly = assembly
        var lanes: [WorkLane] = []
        if assembly.configuration.roles.contains(.worker) {
            lanes = assembly.lanes()
            if let localQueue {
                let source = InMemorySource(
                    localQueue,
                    batchSize: assembly.configuration.batchSize
                )
                lanes.append(WorkLane(name: "all", source: source))
            }
        }
        self.lanes = lanes
        let tier = assembly.localTier()
        follower = assembly.follower(of: tier)
        prefixWatcher = assembly.prefixWatcher(of: tier)
        cache = CacheLayer(store: assembly.store, tier: tier, gate: follower.gate)
        auditor = CoherenceAuditor(
            store: assembly.store,
            log: assembly.coherenceLog,
            tier: tier,
            follower: follower,
            logger: assembly.logger
        )
        observation = Observation(
            follower: follower,
            prefixWatcher: prefixWatcher,
            auditor: auditor,
            cache: cache,
            droppedLogLines: { log.droppedCount }
        )
        let beatStore = try assembly.beatStore(localQueue)
        schedule = assembly.scheduleStore(beatStore)
        beat = beatStore.map { [observation] in assembly.beat($0, tell: observation.note) }
        let reported = assembly.reportedStore(beatStore)
        reporter = reported.map { RunReporter(to: $0, logger: assembly.logger) }
        upkeep = try assembly.upkeep(of: localQueue, reported)
    }

    /// What can be asked over HTTP while it runs.
    var routes: [HTTPRoute] {
        let probes = Probes.routes(observation.health, observation.registry)
        guard let schedule else { return probes }
        return probes
            + ScheduleAPI(schedule, zones: assembly.zones) { [beat] in beat?.wake() }.routes
    }

    /// The file was read again: what it says of the schedule counts from now on.
    func reload(_ configuration: Configuration) {
        beat?.reload(assembly.scheduledEntries(configuration))
    }

    /// Works until every source has ended, which `stop` brings about; with no source, until `stop`.
    ///
    /// The first element of `stop` drains: sources stop, what is under way is finished, what would
    /// have to wait is handed back; what is not finished after the drain timeout is left for
    /// others. The watchdog asks for the same by `stopping` when jobs wait and none come, and the
    /// follower of the log when another process has the name of this one.
    /// - Returns: How the process ends.
    func run(
        until stop: AsyncStream<Void>,
        _ stopping: AsyncStream<Void>.Continuation
    ) async -> ExitStatus {
        let account = WorkAccount(logger)
        let workers = workers { [observation, reporter] report in
            account.add(report)
            observation.jobs.add(report)
            reporter?.add(report)
        }
        logger.info(
            "worker started",
            [
                "roles": .string(configuration.roles.map(\.rawValue).joined(separator: ",")),
                "sources": .string(lanes.map(\.source.name).uniqued.joined(separator: ",")),
                "lanes": .string(lanes.map(\.name).uniqued.joined(separator: ",")),
            ]
        )
        await withDiscardingTaskGroup { background in
            background.addTask { await follower.run(yieldName: { stopping.yield() }) }
            background.addTask { await prefixWatcher?.run() }
            background.addTask { await auditor.run() }
            background.addTask { await cache.sweep() }
            background.addTask { await account.run() }
            background.addTask { await monitor.run() }
            background.addTask { await watchdog { stopping.yield() }.run() }
            background.addTask { await assembly.connectToData() }
            background.addTask { await reporter?.run() }
            if !lanes.isEmpty || beat != nil {
                background.addTask { await assembly.keepSharedConnections() }
            }
            background.addTask { await assembly.checkEviction() }
            await work(workers, until: stop)
            background.cancelAll()
        }
        return await end(handedBack: account.handedBackCount)
    }

    private var monitor: Monitor {
        Monitor(
            connections: assembly.connectionBoard,
            sources: lanes.map(\.source),
            health: observation.health,
            backlogs: observation.backlogs
        )
    }

    /// Looks for jobs that do not come; `giveUp` asks for the end of the process.
    private func watchdog(_ giveUp: @escaping @Sendable () -> Void) -> Watchdog {
        Watchdog(
            over: lanes.map(\.source),
            timeout: configuration.stallTimeout,
            logger: logger,
            tell: { [observation] event in
                observation.jobs.add(event)
                observation.stalls.note(event)
                if observation.stalls.hasGivenUp { giveUp() }
            }
        )
    }

    /// Says how it ended, and why if that was not asked for.
    private func end(handedBack: Int) async -> ExitStatus {
        guard !observation.stalls.hasGivenUp else {
            logger.error("worker ended: it has to be started again to take jobs")
            return .unavailable
        }
        guard !follower.hasToYield else {
            logger.error("worker ended: another process has its name")
            return .tryAgain
        }
        logger.info(
            "worker stopped",
            ["handedBack": .integer(handedBack + (await handedBackCount))]
        )
        return .ok
    }

    private func workers(_ report: @escaping @Sendable (BatchReport) -> Void) -> [Worker] {
        let handler = CacheJobHandler(
            cache: cache,
            defaultTimeToLive: configuration.defaultTimeToLive,
            upkeep: upkeep
        )
        let isolation = Isolation(ledger: assembly.suspectLedger())
        let registry = assembly.eventRegistry()
        return lanes.flatMap { lane in
            lane.shares.map { source in
                Worker(
                    source: source,
                    handler: handler,
                    limits: EventLimits(maxEventBytes: configuration.maxEventBytes),
                    policies: configuration.jobPolicies,
                    registry: registry,
                    isolation: isolation,
                    drain: drain,
                    logger: logger.with(["lane": .string(lane.name)]),
                    giveUp: giveUp,
                    incident: { [observation] incident in
                        observation.jobs.add(incident)
                        observation.waits.note(incident)
                    },
                    report: report
                )
            }
        }
    }

    /// Works until all has ended: the workers and, behind them, what they have to tell; the beat.
    private func work(_ workers: [Worker], until stop: AsyncStream<Void>) async {
        enum Event {
            case workerEnded
            case partEnded
            case stopAsked
            case sourcesStopped
            case drainTimeout
        }
        await withTaskGroup(of: Event.self) { group in
            for worker in workers {
                group.addTask {
                    await worker.run()
                    return .workerEnded
                }
            }
            if let beat {
                group.addTask {
                    await beat.run()
                    return .partEnded
                }
            }
            group.addTask {
                for await _ in stop { break }
                return .stopAsked
            }
            var (working, parts) = (workers.count, beat == nil ? 0 : 1)
            let isIdle = working + parts == 0
            for await event in group {
                switch event {
                case .workerEnded:
                    working -= 1
                    guard working == 0 else { continue }
                    beat?.stop()
                    parts += 1
                    group.addTask {
                        await reporter?.tellWaiting()
                        return .partEnded
                    }
                case .partEnded: parts -= 1
                case .stopAsked:
                    let timeout = beginDrain()
                    group.addTask {
                        await stopSources()
                        return .sourcesStopped
                    }
                    // Ended early by cancellation when the last part has ended.
                    group.addTask {
                        _ = try? await Task.sleep(for: timeout)
                        return .drainTimeout
                    }
                case .sourcesStopped: continue
                case .drainTimeout:
                    logger.warning("drain timed out, the rest is left for others")
                    (working, parts) = (0, 0)
                }
                if working + parts == 0, !isIdle || event == .stopAsked { break }
            }
            group.cancelAll()
        }
    }

    /// - Returns: how long it may take.
    private func beginDrain() -> Duration {
        let timeout = lanes.isEmpty && beat == nil ? .zero : configuration.drainTimeout
        observation.health.startDraining()
        logger.info("draining", ["timeout": .seconds(timeout)])
        drain.begin()
        beat?.stop()
        return timeout
    }

    /// All at once: a server that does not answer must not keep the others from hearing of it.
    private func stopSources() async {
        await withDiscardingTaskGroup { group in
            for lane in lanes {
                group.addTask {
                    await lane.source.stop()
                    let count = await lane.source.handedBackCount
                    observation.jobs.addHandedBack(count, by: lane.source.name)
                }
            }
        }
    }

    /// What the sources themselves have given back.
    private var handedBackCount: Int {
        get async {
            var count = 0
            for lane in lanes { count += await lane.source.handedBackCount }
            return count
        }
    }
}

extension [String] {
    /// Each once, in the order they come.
    fileprivate var uniqued: [String] {
        indices.filter { !self[..<$0].contains(self[$0]) }.map { self[$0] }
    }
}
