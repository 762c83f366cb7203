import Telemetry

/// Does plans step by step, until every job of them has its outcome.
struct PlanRunner: Sendable {
    let handler: any JobHandler
    let watch: StepWatch
    let policies: JobPolicies
    let deduplication: Deduplication
    let time: WorkerTime
    let drain: Drain
    let logger: Logger
    let notice: WaitNotice

    /// How a step ended.
    private enum StepEnd {
        /// Each of its jobs has an outcome.
        case finished
        /// It would have had to wait in a process that ends.
        case handedBack
        /// The task was cancelled before.
        case cancelled
    }

    /// Does a batch, by the plan of its jobs, or as much of it as can be done while the process
    /// ends; nil when the task was cancelled before.
    func perform(_ plan: BatchPlan, _ run: BatchRun) async -> BatchRun? {
        guard !run.eventNames.isEmpty else { return await performAll(plan, run) }
        var run = run
        guard let claims = await deduplication.claim(&run) else {
            return Task.isCancelled ? nil : run.handedBack
        }
        guard var result = await performAll(BatchPlan(run.jobsToDo, stamps: run.stamps), run),
            await deduplication.settle(claims, &result)
        else { return nil }
        return result
    }

    private func performAll(_ plan: BatchPlan, _ run: BatchRun) async -> BatchRun? {
        var run = run
        for index in plan.steps.indices {
            switch await perform(plan.steps[index], &run) {
            case .finished: continue
            case .cancelled: return nil
            case .handedBack:
                for later in plan.steps[index...].dropFirst() { run.handBack(later.jobs) }
                return run
            }
        }
        return run
    }

    /// Does a step, however often it takes.
    private func perform(_ step: BatchPlan.Step, _ run: inout BatchRun) async -> StepEnd {
        var backoff = Backoff()
        var isWaiting = false
        defer { notice.ends(isWaiting) }
        while !Task.isCancelled {
            do throws(JobError) {
                run.note(try await watch.perform(step.work, by: handler), of: step.jobs)
                return .finished
            } catch {
                guard !Task.isCancelled else { return .cancelled }
                guard error.remedy != .wait else {
                    if !drain.hasBegun {
                        logger.warning(
                            "step failed, trying again",
                            ["error": .description(of: error)]
                        )
                        notice.retries(error.reason, &isWaiting)
                        guard await drain.pause(backoff.next(), by: time) else {
                            return .cancelled
                        }
                    }
                    guard drain.hasBegun else { continue }
                    run.handBack(step.jobs)
                    return .handedBack
                }
                guard step.jobs.count > 1 else {
                    for job in step.jobs { run.fail(job, error, policies, at: time.wallClock()) }
                    return .finished
                }
                // One of several jobs is to blame: each on its own shows which.
                return await performOneByOne(step.jobs, &run)
            }
        }
        return .cancelled
    }

    private func performOneByOne(_ jobs: [Int], _ run: inout BatchRun) async -> StepEnd {
        for (place, index) in jobs.enumerated() {
            // Only a job's first step is ever shared: the load of a warming has one of its own.
            let plan = BatchPlan([run.jobs[index]], stamps: [run.stamps[index]])
            guard let step = plan.steps.first else { continue }
            let end = await perform(BatchPlan.Step(work: step.work, jobs: [index]), &run)
            guard end == .finished else {
                if end == .handedBack { run.handBack(jobs[place...]) }
                return end
            }
        }
        return .finished
    }
}
