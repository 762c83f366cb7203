/// Hashes, lists, numbers and windows: what the store keeps and no process copies.
///
/// All steps of a call are one transaction in one round trip: they take place wholly or, if one
/// cannot, not at all, and no other client sees a part of them.
extension CacheLayer {
    /// How many steps a transaction may have: it keeps the server busy.
    public static let maxStepsPerTransaction = 1000

    /// Runs one request.
    public func run<Answer: Sendable>(
        _ request: StructureRequest<Answer>
    ) async throws(StoreError) -> Answer {
        try request.answer(from: try await perform([request.step])[0])
    }

    /// Runs the requests as one transaction, and answers each.
    public func run<each Answer: Sendable>(
        _ requests: repeat StructureRequest<each Answer>
    ) async throws(StoreError) -> (repeat each Answer) {
        var steps: [StructureStep] = []
        for request in repeat each requests { steps.append(request.step) }
        let answers = try await perform(steps)
        var index = 0
        func next<One: Sendable>(_ request: StructureRequest<One>) throws(StoreError) -> One {
            defer { index += 1 }
            return try request.answer(from: answers[index])
        }
        return (repeat try next(each requests))
    }

    /// Runs any number of requests of one kind as one transaction.
    public func run<Answer: Sendable>(
        all requests: [StructureRequest<Answer>]
    ) async throws(StoreError) -> [Answer] {
        guard !requests.isEmpty else { return [] }
        let answers = try await perform(requests.map(\.step))
        var results: [Answer] = []
        for (request, answer) in zip(requests, answers) {
            results.append(try request.answer(from: answer))
        }
        return results
    }

    private func perform(_ steps: [StructureStep]) async throws(StoreError) -> [StructureAnswer] {
        guard steps.count <= Self.maxStepsPerTransaction else {
            throw StoreError(
                .invalid,
                "a transaction has at most \(Self.maxStepsPerTransaction) steps, not \(steps.count)"
            )
        }
        if let fault = steps.lazy.compactMap(\.fault).first { throw StoreError(.invalid, fault) }
        let receipt = try await store.perform(steps)
        if let position = receipt.position {
            let announcement = Announcement(keys: steps.filter(\.isOfCopies).map(\.key))
            tier.acknowledge(announcement, at: position)
        }
        return receipt.answers
    }
}
