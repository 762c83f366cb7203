public import Telemetry

/// Takes jobs from one source, applies them in batches and settles them.
///
///     read ─▶ plan ─▶ apply ─▶ settle
///          └─▶ quarantine and settle
///
/// Each stage is a task, so the next batches are read and planned while this one is applied, and
/// nobody waits for an acknowledgement; the stages keep the order of the batches.
/// A batch is settled when every job in it has its outcome; until then its transport holds all of
/// it, so a crash at any point loses nothing. What comes again after a crash is suspected of having
/// caused it, and goes a way of its own, job by job.
public struct Worker: Sendable {
    private let source: any JobSource
    private let limits: EventLimits
    private let policies: JobPolicies
    private let logger: Logger
    private let time: WorkerTime
    private let watch: StepWatch
    private let runner: PlanRunner
    private let isolation: Isolation
    private let drain: Drain
    private let quarantine: Quarantine
    private let giveUp: @Sendable () -> Void
    private let incident: @Sendable (WorkerIncident) -> Void
    private let report: @Sendable (BatchReport) -> Void

    /// A worker that reports each batch once it is settled, and what went wrong meanwhile.
    ///
    /// It calls `giveUp` when a step does not let itself be ended: its place in the worker is lost,
    /// so the process has to end, and what it had taken comes again. All workers of a process share
    /// one `isolation`.
    public init(
        source: any JobSource,
        handler: any JobHandler,
        limits: EventLimits = EventLimits(),
        policies: JobPolicies = JobPolicies(JobPolicy()),
        registry: any EventRegistry = InMemoryEventRegistry(),
        isolation: Isolation,
        drain: Drain = Drain(),
        logger: Logger,
        time: WorkerTime = WorkerTime(),
        giveUp: @escaping @Sendable () -> Void,
        incident: @escaping @Sendable (WorkerIncident) -> Void = { _ in },
        report: @escaping @Sendable (BatchReport) -> Void = { _ in }
    ) {
        self.source = source
        self.limits = limits
        self.policies = policies
        let logger = logger.with(["source": .string(source.name)])
        self.logger = logger
        self.time = time
        watch = StepWatch(policies, time)
        let notice = WaitNotice(source: source.name, incident: incident)
        runner = PlanRunner(
            handler: handler,
            watch: watch,
            policies: policies,
            deduplication: Deduplication(
                registry: registry,
                policies: policies,
                time: time,
                drain: drain,
                notice: notice,
                logger: logger
            ),
            time: time,
            drain: drain,
            logger: logger,
            notice: notice
        )
        self.isolation = isolation
        self.drain = drain
        quarantine = Quarantine(
            limits: limits,
            runner: runner,
            isolation: isolation,
            time: time,
            logger: logger
        )
        self.giveUp = giveUp
        self.incident = incident
        self.report = report
    }

    /// Works until the source has ended, or the task is cancelled.
    ///
    /// To drain, begin the `drain` of the process and stop the source: what is under way is
    /// finished, what would have to wait is handed back. To give up, cancel: what is not settled
    /// yet is delivered again.
    public func run() async {
        await withDiscardingTaskGroup { group in
            // Not where the steps run: one of them may hold that up.
            group.addTask(executorPreference: globalConcurrentExecutor) {
                await watch.run(tell)
            }
            await runStages()
            group.cancelAll()
        }
    }

    private func runStages() async {
        let read = Handoff<DeliveryBatch>()
        let suspects = Handoff<DeliveryBatch>(capacity: Quarantine.maxWaitingBatches)
        let planned = Handoff<PlannedBatch>()
        let applied = Handoff<AppliedBatch>()
        let underway = Flights()
        let turns = Turns()
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await source.run() }
                group.addTask { await self.read(into: read, underway) }
                group.addTask { await plan(read, into: planned, suspects, underway) }
                group.addTask { await apply(planned, into: applied, turns, underway) }
                await withDiscardingTaskGroup { waiting in
                    waiting.addTask { await close(turns) }
                    await withDiscardingTaskGroup { settling in
                        settling.addTask { await doSuspects(suspects, turns) }
                        await settle(applied)
                    }
                    waiting.cancelAll()
                }
                await source.close()
            }
        } onCancel: {
            read.finish()
            suspects.finish()
            planned.finish()
            applied.finish()
            underway.finish()
        }
    }

    /// What had no turn soon after the beginning of a drain waits for something that takes long.
    private func close(_ turns: Turns) async {
        await drain.untilBegun()
        guard !Task.isCancelled, await time.pause(Drain.patience) else { return }
        turns.close()
    }

    private func tell(_ hang: StepWatch.Hang) {
        logger.error(
            "a job does not end, so the process does; its jobs come again",
            [
                "kind": .string(hang.kind.rawValue), "timeout": .seconds(hang.limit),
                "grace": .seconds(time.grace),
            ]
        )
        giveUp()
    }

    // MARK: Stages

    /// Reads on, or where jobs gather by themselves as soon as the last ones have been applied.
    private func read(into read: Handoff<DeliveryBatch>, _ underway: Flights) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do throws(SourceError) {
                if !source.isReadAhead { await underway.untilNone() }
                guard let batch = try await source.nextBatch() else { break }
                underway.begin()
                backoff.reset()
                await read.give(batch)
            } catch {
                guard !Task.isCancelled else { break }
                log(error)
                guard await time.pause(backoff.next()) else { break }
            }
        }
        read.finish()
    }

    private func log(_ error: SourceError) {
        if error.isRetriable {
            logger.warning("jobs cannot be read", ["error": .description(of: error)])
        } else {
            logger.error("jobs cannot be read", ["error": .description(of: error)])
        }
    }

    private func plan(
        _ read: Handoff<DeliveryBatch>,
        into planned: Handoff<PlannedBatch>,
        _ suspects: Handoff<DeliveryBatch>,
        _ underway: Flights
    ) async {
        var decoder = EventDecoder(limits: limits)
        while let batch = await read.take() {
            if batch.holdsSuspects {
                await suspects.give(batch)
                // Jobs that nobody suspects do not wait for those.
                underway.end()
            } else {
                await planned.give(PlannedBatch(batch, &decoder, policies, at: time.wallClock()))
            }
        }
        suspects.finish()
        planned.finish()
    }

    /// Applies each batch when it has its turn, and hands back those that get none any more: at
    /// once, and not after what they waited for.
    private func apply(
        _ planned: Handoff<PlannedBatch>,
        into applied: Handoff<AppliedBatch>,
        _ turns: Turns,
        _ underway: Flights
    ) async {
        await withDiscardingTaskGroup { group in
            while let batch = await planned.take() {
                let (plan, run) = (batch.plan, batch.run)
                let isBarrier = !plan.onlyRemovesKeys
                guard await turns.begin(isBarrier: isBarrier) else {
                    _ = await settle(batch.delivered(), run.handedBack)
                    underway.end()
                    continue
                }
                let result = Handoff<BatchRun?>()
                group.addTask {
                    let end = await perform(plan, run)
                    // Those behind it would overtake it.
                    if drain.hasBegun, end?.isHandedBack == true { turns.close() }
                    await result.give(end)
                    turns.end(isBarrier: isBarrier)
                    underway.end()
                }
                await applied.give(AppliedBatch(batch: batch, result: result))
            }
        }
        applied.finish()
    }

    private func perform(_ plan: BatchPlan, _ run: BatchRun) async -> BatchRun? {
        await isolation.together { await runner.perform(plan, run) }
    }

    private func settle(_ applied: Handoff<AppliedBatch>) async {
        var backoff = Backoff()
        while let batch = await applied.take() {
            // Not done, because the task was cancelled: others will do it.
            guard let run = await batch.result.take() ?? nil else { return }
            if await settle(batch.batch(), run) {
                backoff.reset()
            } else {
                guard await time.pause(backoff.next()) else { return }
            }
        }
    }

    /// Does and settles batches that hold suspects, one after the other.
    private func doSuspects(_ suspects: Handoff<DeliveryBatch>, _ turns: Turns) async {
        while let batch = await suspects.take() {
            let result = await quarantine.perform(
                batch.deliveries,
                mayBegin: { !turns.isClosed },
                mayWait: { !suspects.isFinished && !drain.hasBegun }
            )
            guard let (run, charges) = result else { continue }
            await quarantine.takeBack(charges.finished)
            guard await settle(batch, run) else { continue }
            await quarantine.takeBack(charges.dead)
        }
    }

    /// Settles a batch and reports it; false when the source could not.
    private func settle(_ batch: consuming DeliveryBatch, _ run: BatchRun) async -> Bool {
        let (arrival, redeliveredCount) = (batch.arrival, batch.redeliveredCount)
        do throws(SourceError) {
            try await batch.settle(run.outcomes)
        } catch {
            // Nothing is lost: the transport delivers what it has not heard about again.
            incident(.batchNotSettled(source: source.name))
            logger.warning(
                "batch not settled, it will come again",
                ["jobs": .integer(run.outcomes.count), "error": .description(of: error)]
            )
            return false
        }
        report(
            run.report(
                from: source.name,
                redeliveredCount: redeliveredCount,
                duration: arrival.duration(to: time.now())
            )
        )
        return true
    }
}

/// A batch with what it comes to.
private struct PlannedBatch: ~Copyable, Sendable {
    let batch: DeliveryBatch
    let plan: BatchPlan
    let run: BatchRun

    init(
        _ batch: consuming DeliveryBatch,
        _ decoder: inout EventDecoder,
        _ policies: JobPolicies,
        at now: WallTime
    ) {
        run = BatchRun(batch.deliveries, &decoder, policies, at: now)
        plan = BatchPlan(run.jobs, stamps: run.stamps)
        self.batch = batch
    }

    consuming func delivered() -> DeliveryBatch { batch }
}

/// A batch that is being applied, and the place where its outcomes will be.
private struct AppliedBatch: ~Copyable, Sendable {
    private let delivered: DeliveryBatch
    let result: Handoff<BatchRun?>

    init(batch: consuming PlannedBatch, result: Handoff<BatchRun?>) {
        delivered = batch.batch
        self.result = result
    }

    consuming func batch() -> DeliveryBatch { delivered }
}
