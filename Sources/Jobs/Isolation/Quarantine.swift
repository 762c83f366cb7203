import Telemetry

/// Does the jobs of a batch that holds suspects: in their order, and each suspect alone.
///
/// Before a suspect runs, a charge against it is written to the ledger, and when it has its outcome
/// the charge is taken back. So what is charged when a process has died is the job that was alone
/// in it. One with so many charges as the limit says goes to the dead letters; the others, whose
/// neighbour it was, are done and charged with nothing.
struct Quarantine: Sendable {
    /// How often a process may die of a job that it does alone.
    static let limit = 3
    /// How many batches may wait; so many a broker sends in pieces when all it had sent is suspect.
    static let maxWaitingBatches = 32

    let limits: EventLimits
    let runner: PlanRunner
    let isolation: Isolation
    let time: WorkerTime
    let logger: Logger

    /// What is to be taken back from the ledger.
    struct Charges: Sendable {
        /// Of suspects that have their outcome.
        var finished: [String] = []
        /// Of suspects that are dead: a process that dies before they are stored must find them.
        var dead: [String] = []
    }

    /// A batch with its outcomes, and what is to be taken back.
    typealias Result = (run: BatchRun, charges: Charges)

    private enum Attempt: Sendable {
        case done(BatchRun)
        case guilty(charges: Int)
        case ledgerAway(SourceError)
    }

    /// Does a batch; nil when the task was cancelled before.
    ///
    /// Hands back what has not begun when `mayBegin` says no, or when the ledger is away and
    /// `mayWait` says no.
    func perform(
        _ deliveries: [Delivery],
        mayBegin: () -> Bool,
        mayWait: () -> Bool
    ) async -> Result? {
        var decoder = EventDecoder(limits: limits)
        var run = BatchRun([], &decoder, runner.policies, at: time.wallClock())
        var charges = Charges()
        var rest = deliveries[...]
        while let first = rest.first {
            guard mayBegin(), !run.isHandedBack else {
                for delivery in rest { run.append(BatchRun(delivery, .handedBack)) }
                break
            }
            let part: BatchRun?
            if first.isSuspect {
                rest = rest.dropFirst()
                part = await alone(first, &charges, mayWait)
            } else {
                let others = rest.prefix { !$0.isSuspect }
                rest = rest.dropFirst(others.count)
                part = await isolation.together { await perform(Array(others)) }
            }
            guard let part else { return nil }
            run.append(part)
        }
        return (run, charges)
    }

    /// Takes back what can be before the batch is settled: should that fail, no innocent stays
    /// charged.
    func takeBack(_ suspects: [String]) async {
        guard !suspects.isEmpty else { return }
        do throws(SourceError) {
            try await isolation.ledger.takeBack(suspects)
        } catch {
            // It goes by its age.
            logger.warning(
                "a charge was not taken back",
                ["suspects": .integer(suspects.count), "error": .description(of: error)]
            )
        }
    }

    /// Does a suspect, or hands it back; nil when the task was cancelled before.
    private func alone(
        _ delivery: Delivery,
        _ charges: inout Charges,
        _ mayWait: () -> Bool
    ) async -> BatchRun? {
        let suspect = delivery.identity
        var backoff = Backoff()
        var isWaiting = false
        defer { runner.notice.ends(isWaiting) }
        while let attempt = await attempt(delivery, suspect, charges.finished.first) {
            if case .ledgerAway = attempt {} else { charges.finished.removeAll() }
            switch attempt {
            case .done(let run):
                charges.finished = [suspect]
                return run
            case .guilty(let count):
                charges.dead.append(suspect)
                return BatchRun(delivery, .deadLetter(.crash(count)))
            case .ledgerAway(let error):
                logger.warning("suspects wait", ["error": .description(of: error)])
                runner.notice.retries("ledger", &isWaiting)
                if mayWait() {
                    guard await runner.drain.pause(backoff.next(), by: time) else { return nil }
                }
                guard mayWait() else { return BatchRun(delivery, .handedBack) }
            }
        }
        return nil
    }

    private func attempt(
        _ delivery: Delivery,
        _ suspect: String,
        _ finished: String?
    ) async -> Attempt? {
        await isolation.alone {
            do throws(SourceError) {
                let count = try await isolation.ledger.charge(
                    suspect,
                    limit: Self.limit,
                    takingBack: finished
                )
                guard count < Self.limit else { return .guilty(charges: count) }
            } catch {
                return .ledgerAway(error)
            }
            // Not read before it is charged: it may be the reading that ends the process.
            return await perform([delivery]).map(Attempt.done)
        }
    }

    /// Reads and does jobs; nil when the task was cancelled before.
    private func perform(_ deliveries: [Delivery]) async -> BatchRun? {
        var decoder = EventDecoder(limits: limits)
        let run = BatchRun(deliveries, &decoder, runner.policies, at: time.wallClock())
        return await runner.perform(BatchPlan(run.jobs, stamps: run.stamps), run)
    }
}

extension DeadLetterCause {
    /// The job took the process down, so often.
    static func crash(_ count: Int) -> DeadLetterCause {
        DeadLetterCause(
            reason: "crash",
            error: "the process ended \(count) times while it did this job and no other"
        )
    }
}
