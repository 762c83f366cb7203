import Telemetry

/// Does plans step by step, until every job of them has its outcome.
struct PlanRunner: Sendable {
    let handler: any JobHandler
    let watch: StepWatch
    let policies: JobPolicies
    let deduplication: Deduplication
    let time: WorkerTime
    let logger: Logger
    /// The name of the source.
    let source: String
    /// Hears when a step waits for what all jobs need, and when it waits no longer.
    let incident: @Sendable (WorkerIncident) -> Void

    /// Does a batch, by the plan of its jobs; nil when the task was cancelled before.
    func perform(_ plan: BatchPlan, _ run: BatchRun) async -> BatchRun? {
        guard !run.eventNames.isEmpty else { return await performAll(plan, run) }
        var run = run
        guard let claims = await deduplication.claim(&run),
            var result = await performAll(BatchPlan(run.jobsToDo, stamps: run.stamps), run),
            await deduplication.settle(claims, &result)
        else { return nil }
        return result
    }

    private func performAll(_ plan: BatchPlan, _ run: BatchRun) async -> BatchRun? {
        var run = run
        for step in plan.steps {
            guard await perform(step, &run) else { return nil }
        }
        return run
    }

    /// Does a step, however often it takes; false when the task was cancelled before.
    private func perform(_ step: BatchPlan.Step, _ run: inout BatchRun) async -> Bool {
        var backoff = Backoff()
        var isFirst = true
        defer { if !isFirst { incident(.stepWentOn(source: source)) } }
        while !Task.isCancelled {
            do throws(JobError) {
                run.note(try await watch.perform(step.work, by: handler), of: step.jobs)
                return true
            } catch {
                guard !Task.isCancelled else { return false }
                guard error.remedy != .wait else {
                    logger.warning("step failed, trying again", ["error": .description(of: error)])
                    incident(
                        .stepRetried(source: source, reason: error.reason, isFirst: isFirst)
                    )
                    isFirst = false
                    guard await time.pause(backoff.next()) else { return false }
                    continue
                }
                guard step.jobs.count > 1 else {
                    for job in step.jobs { run.fail(job, error, policies, at: time.wallClock()) }
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
            // Only a job's first step is ever shared: the load of a warming has one of its own.
            let plan = BatchPlan([run.jobs[index]], stamps: [run.stamps[index]])
            guard let step = plan.steps.first else { continue }
            guard await perform(BatchPlan.Step(work: step.work, jobs: [index]), &run) else {
                return false
            }
        }
        return true
    }
}
