public import Telemetry

/// Takes jobs from one source, applies them in batches and settles them.
///
/// While one batch is applied the next one is read. A batch is settled when every job in it has its
/// outcome; until then its transport holds all of it, so a crash at any point loses nothing.
public struct Worker: Sendable {
    private let source: any JobSource
    private let handler: any JobHandler
    private let limits: EventLimits
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let report: @Sendable (BatchReport) -> Void

    /// A worker that reports each batch once it is settled.
    public init(
        source: any JobSource,
        handler: any JobHandler,
        limits: EventLimits = EventLimits(),
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        report: @escaping @Sendable (BatchReport) -> Void = { _ in }
    ) {
        self.source = source
        self.handler = handler
        self.limits = limits
        self.logger = logger.with(["source": .string(source.name)])
        self.clock = clock
        self.report = report
    }

    /// Works until the source has ended, or the task is cancelled.
    ///
    /// To drain, stop the source: what it has handed over is finished. To give up, cancel: what is
    /// not settled yet is delivered again.
    public func run() async {
        let handoff = Handoff<DeliveryBatch>()
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await source.run() }
                group.addTask { await read(into: handoff) }
                await work(on: handoff)
                await source.close()
            }
        } onCancel: {
            handoff.finish()
        }
    }

    private func read(into handoff: Handoff<DeliveryBatch>) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do throws(SourceError) {
                guard let batch = try await source.nextBatch() else { break }
                backoff.reset()
                await handoff.give(batch)
            } catch {
                logger.warning("jobs cannot be read", ["error": .description(of: error)])
                guard await pause(backoff.next()) else { break }
            }
        }
        handoff.finish()
    }

    private func work(on handoff: Handoff<DeliveryBatch>) async {
        var decoder = EventDecoder(limits: limits)
        while let batch = await handoff.take() {
            guard !Task.isCancelled else { return }
            var run = BatchRun(batch.deliveries, &decoder)
            for step in BatchPlan(run.jobs).steps {
                guard await perform(step, &run) else { return }
            }
            let outcomes = run.outcomes
            do throws(SourceError) {
                try await batch.settle(outcomes)
                report(BatchReport(source: source.name, outcomes: outcomes))
            } catch {
                // Nothing is lost: the transport delivers what it has not heard about again.
                logger.warning(
                    "batch not settled, it will come again",
                    ["jobs": .integer(outcomes.count), "error": .description(of: error)]
                )
            }
        }
    }

    /// Does a step, however often it takes; false when the task was cancelled before.
    private func perform(_ step: BatchPlan.Step, _ run: inout BatchRun) async -> Bool {
        var backoff = Backoff()
        while !Task.isCancelled {
            do throws(JobError) {
                try await handler.perform(step.work)
                return true
            } catch {
                guard !error.isRetriable else {
                    logger.warning("step failed, trying again", ["error": .description(of: error)])
                    guard await pause(backoff.next()) else { return false }
                    continue
                }
                guard step.jobs.count > 1 else {
                    run.fail(step.jobs, error)
                    return true
                }
                // One of several jobs is to blame: each on its own shows which.
                return await performOneByOne(step.jobs, &run)
            }
        }
        return false
    }

    private func performOneByOne(_ jobs: [Int], _ run: inout BatchRun) async -> Bool {
        for index in jobs {
            let steps = BatchPlan([run.jobs[index]]).steps
            for step in steps {
                guard await perform(BatchPlan.Step(work: step.work, jobs: [index]), &run) else {
                    return false
                }
            }
        }
        return true
    }

    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await clock.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}
