import Codecs

/// One batch on its way: the jobs that could be read, and the outcomes so far.
struct BatchRun: Sendable {
    /// One for each delivery; nil where there is nothing to do, now or at all.
    private(set) var jobs: [Job?]
    /// One for each delivery; nil where the event names none, or the bytes were no event.
    private(set) var eventIDs: [String?]
    private(set) var deliveries: [Delivery]
    /// By index, what the events are called that are not to be done twice.
    private(set) var eventNames: [Int: String] = [:]
    /// One for each delivery, nil where its place is not known.
    private(set) var stamps: [OrderStamp?]
    /// One for each delivery; done unless something says otherwise.
    private(set) var outcomes: [Outcome]

    init(
        _ deliveries: [Delivery],
        _ decoder: inout EventDecoder,
        _ policies: JobPolicies,
        at now: WallTime
    ) {
        let deduplicates = policies.deduplicates
        var jobs: [Job?] = []
        jobs.reserveCapacity(deliveries.count)
        var eventIDs = [String?](repeating: nil, count: deliveries.count)
        var outcomes = [Outcome](repeating: .done, count: deliveries.count)
        var stamps = [OrderStamp?](repeating: nil, count: deliveries.count)
        for (index, delivery) in deliveries.enumerated() {
            do throws(EventError) {
                if let fault = delivery.fault { throw fault }
                let event = try decoder.decode(
                    body: delivery.body,
                    contentType: delivery.contentType,
                    headers: delivery.headers
                )
                eventIDs[index] = event.id
                stamps[index] = delivery.stamp ?? event.stamp(at: now)
                if let other = event.outcome(insteadOfWorkAt: now) {
                    outcomes[index] = other
                    jobs.append(nil)
                } else {
                    jobs.append(event.job)
                    let kind = event.job.kind
                    if deduplicates, policies[kind].deduplicationWindow > .zero {
                        eventNames[index] = event.name(of: kind)
                    }
                }
            } catch {
                jobs.append(nil)
                outcomes[index] = .deadLetter(
                    DeadLetterCause(reason: error.reason.rawValue, error: error.message)
                )
            }
        }
        self.jobs = jobs
        self.eventIDs = eventIDs
        self.outcomes = outcomes
        self.deliveries = deliveries
        self.stamps = stamps
    }

    /// A delivery that has its outcome though nobody has looked into it.
    init(_ delivery: Delivery, _ outcome: Outcome) {
        deliveries = [delivery]
        jobs = [nil]
        eventIDs = [nil]
        stamps = [delivery.stamp]
        outcomes = [outcome]
    }

    /// The jobs that have no outcome yet; the others are nil.
    var jobsToDo: [Job?] {
        zip(jobs, outcomes).map { job, outcome in outcome == .done ? job : nil }
    }

    /// The job is not done now, and perhaps never.
    mutating func end(_ index: Int, _ outcome: Outcome) { outcomes[index] = outcome }

    /// The job has failed; the policy of its kind says what becomes of it if a retry may help.
    mutating func fail(
        _ index: Int,
        _ error: JobError,
        _ policies: JobPolicies,
        at now: WallTime
    ) {
        let cause = DeadLetterCause(reason: error.reason, error: error.message)
        guard error.remedy != .none, let kind = jobs[index]?.kind else {
            outcomes[index] = .deadLetter(cause)
            return
        }
        outcomes[index] = policies[kind].retries
            .outcome(
                afterAttempt: deliveries[index].attempt,
                failingFor: deliveries[index].firstFailedAt?.duration(to: now) ?? .zero,
                cause,
                random: .random(in: 0...1)
            )
    }

    /// The jobs have not been done and are left to others; what has its outcome keeps it.
    mutating func handBack(_ indexes: some Sequence<Int>) {
        for index in indexes where outcomes[index] == .done { outcomes[index] = .handedBack }
    }

    /// The same with all jobs left to others that have no outcome.
    var handedBack: BatchRun {
        var run = self
        run.handBack(outcomes.indices)
        return run
    }

    /// Whether some jobs are left to others.
    var isHandedBack: Bool { outcomes.contains(.handedBack) }

    /// The jobs of both, in that order.
    mutating func append(_ other: BatchRun) {
        for (index, name) in other.eventNames { eventNames[jobs.count + index] = name }
        deliveries += other.deliveries
        jobs += other.jobs
        eventIDs += other.eventIDs
        outcomes += other.outcomes
        stamps += other.stamps
    }

    /// A step of these jobs was done; those of which it left nothing to do are superseded.
    mutating func note(_ effect: WorkEffect, of indexes: [Int]) {
        guard !effect.supersededKeys.isEmpty else { return }
        let keys = Set(effect.supersededKeys.map(ExactString.init))
        for index in indexes {
            guard case .warm(let warming)? = jobs[index], warming.loading == nil,
                warming.entries.allSatisfy({ keys.contains(ExactString($0.key)) })
            else { continue }
            outcomes[index] = .superseded
        }
    }

    func report(
        from source: String,
        redeliveredCount: Int,
        duration: Duration
    ) -> BatchReport {
        BatchReport(
            source: source,
            outcomes: outcomes,
            kinds: jobs.map { $0?.kind },
            eventIDs: eventIDs,
            redeliveredCount: redeliveredCount,
            duration: duration
        )
    }
}

extension Event {
    /// What becomes of an event whose time is over, or has not come; nil when it is to be done.
    fileprivate func outcome(insteadOfWorkAt now: WallTime) -> Outcome? {
        if let expiresAt, expiresAt <= now { return .expired }
        if let notBefore, notBefore > now { return .snooze(until: notBefore) }
        return nil
    }
}
