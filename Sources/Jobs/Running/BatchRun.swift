/// One batch on its way: the jobs that could be read, and the outcomes so far.
struct BatchRun: Sendable {
    /// One for each delivery; nil where the bytes were no job.
    let jobs: [Job?]
    /// One for each delivery; done unless something says otherwise.
    private(set) var outcomes: [Outcome]

    init(_ deliveries: [Delivery], _ decoder: inout EventDecoder) {
        var jobs: [Job?] = []
        jobs.reserveCapacity(deliveries.count)
        var outcomes = [Outcome](repeating: .done, count: deliveries.count)
        for (index, delivery) in deliveries.enumerated() {
            do throws(EventError) {
                jobs.append(
                    try decoder.decode(
                        body: delivery.body,
                        contentType: delivery.contentType,
                        headers: delivery.headers
                    )
                    .job
                )
            } catch {
                jobs.append(nil)
                outcomes[index] = .deadLetter(
                    DeadLetterCause(reason: error.reason.rawValue, error: error.message)
                )
            }
        }
        self.jobs = jobs
        self.outcomes = outcomes
    }

    mutating func fail(_ indexes: [Int], _ error: JobError) {
        for index in indexes {
            outcomes[index] = .deadLetter(
                DeadLetterCause(reason: error.reason, error: error.message)
            )
        }
    }
}
