/// One batch on its way: the jobs that could be read, and the outcomes so far.
struct BatchRun: Sendable {
    /// One for each delivery; nil where there is nothing to do, now or at all.
    let jobs: [Job?]
    /// One for each delivery; nil where the event names none, or the bytes were no event.
    let eventIDs: [String?]
    /// One for each delivery, from 1.
    private let attempts: [Int]
    /// One for each delivery; done unless something says otherwise.
    private(set) var outcomes: [Outcome]

    init(_ deliveries: [Delivery], _ decoder: inout EventDecoder, at now: WallTime) {
        var jobs: [Job?] = []
        jobs.reserveCapacity(deliveries.count)
        var eventIDs = [String?](repeating: nil, count: deliveries.count)
        var outcomes = [Outcome](repeating: .done, count: deliveries.count)
        for (index, delivery) in deliveries.enumerated() {
            do throws(EventError) {
                if let fault = delivery.fault { throw fault }
                let event = try decoder.decode(
                    body: delivery.body,
                    contentType: delivery.contentType,
                    headers: delivery.headers
                )
                eventIDs[index] = event.id
                if let other = event.outcome(insteadOfWorkAt: now) {
                    outcomes[index] = other
                    jobs.append(nil)
                } else {
                    jobs.append(event.job)
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
        attempts = deliveries.map(\.attempt)
    }

    /// The jobs have failed; the policy says what becomes of those that a retry may help.
    mutating func fail(_ indexes: [Int], _ error: JobError, _ policy: RetryPolicy) {
        let cause = DeadLetterCause(reason: error.reason, error: error.message)
        for index in indexes {
            outcomes[index] =
                error.remedy == .none
                ? .deadLetter(cause)
                : policy.outcome(
                    afterAttempt: attempts[index],
                    cause,
                    random: .random(in: 0...1)
                )
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
