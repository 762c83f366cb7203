/// One batch on its way: the jobs that could be read, and the outcomes so far.
struct BatchRun: Sendable {
    /// One for each delivery; nil where the bytes were no job.
    let jobs: [Job?]
    /// One for each delivery; nil where the event names none, or the bytes were no event.
    let eventIDs: [String?]
    /// One for each delivery; done unless something says otherwise.
    private(set) var outcomes: [Outcome]

    init(_ deliveries: [Delivery], _ decoder: inout EventDecoder) {
        var jobs: [Job?] = []
        jobs.reserveCapacity(deliveries.count)
        var eventIDs = [String?](repeating: nil, count: deliveries.count)
        var outcomes = [Outcome](repeating: .done, count: deliveries.count)
        for (index, delivery) in deliveries.enumerated() {
            do throws(EventError) {
                let event = try decoder.decode(
                    body: delivery.body,
                    contentType: delivery.contentType,
                    headers: delivery.headers
                )
                jobs.append(event.job)
                eventIDs[index] = event.id
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
    }

    mutating func fail(_ indexes: [Int], _ error: JobError) {
        for index in indexes {
            outcomes[index] = .deadLetter(
                DeadLetterCause(reason: error.reason, error: error.message)
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
