/// The dead letters of an in-memory queue: the twin of those on the brokers.
public struct InMemoryDeadLetters: DeadLetterStore, DeadLetterExpiry {
    /// What the letters came over.
    public let transport = DeadLetter.Transport.memory
    private static let idPrefix = "memory-"
    private let queue: InMemoryQueue

    /// The dead letters of that queue.
    public init(_ queue: InMemoryQueue) { self.queue = queue }

    /// Whether it is `memory-` and a number.
    public func mayOwn(_ id: String) -> Bool { Self.identity(id) != nil }

    /// Opens the letters that are there now.
    public func read<Result: Sendable>(
        _ range: DeadLetterRange,
        _ body: (any DeadLetterSession) async throws(DeadLetterError) -> Result
    ) async throws(DeadLetterError) -> Result {
        var entries = queue.letters
        if case .named(let ids) = range.extent {
            entries.removeAll { !ids.contains(Self.id($0.identity)) }
        }
        let letters = entries.map { entry in
            var failure = DeadLetter.Failure()
            failure.reason = entry.letter.cause.reason
            failure.error = entry.letter.cause.error
            failure.origin = "memory"
            failure.failedAt = entry.failedAt
            return DeadLetter(
                id: Self.id(entry.identity),
                transport: transport,
                delivery: Delivery(body: entry.letter.event[...]),
                failure: failure
            )
        }
        return try await body(
            Session(queue: queue, rest: letters[...], pageSize: range.pageSize)
        )
    }

    /// Removes letters given up before that moment.
    public func removeLetters(
        failedBefore moment: WallTime
    ) async throws(DeadLetterError) -> Int {
        let old = queue.letters.filter { $0.failedAt < moment }
        return old.count { queue.takeLetter($0.identity, asJob: nil) }
    }

    private static func id(_ identity: UInt64) -> String { idPrefix + String(identity) }

    private static func identity(_ id: String) -> UInt64? {
        id.hasPrefix(idPrefix) ? UInt64(id.dropFirst(idPrefix.count)) : nil
    }

    private final class Session: DeadLetterSession {
        let isComplete = true
        private let queue: InMemoryQueue
        private let pageSize: Int
        private var rest: ArraySlice<DeadLetter>

        init(queue: InMemoryQueue, rest: ArraySlice<DeadLetter>, pageSize: Int) {
            self.queue = queue
            self.rest = rest
            self.pageSize = pageSize
        }

        func nextPage() async throws(DeadLetterError) -> [DeadLetter] {
            let page = rest.prefix(pageSize)
            rest = rest.dropFirst(page.count)
            return Array(page)
        }

        func requeue(_ requests: [DeadLetterRequeue]) async throws(DeadLetterError) -> [Bool] {
            requests.map { request in
                take(request.letter, asJob: request.edited ?? Array(request.letter.delivery.body))
            }
        }

        func remove(_ letters: [DeadLetter]) async throws(DeadLetterError) -> [Bool] {
            letters.map { take($0, asJob: nil) }
        }

        private func take(_ letter: DeadLetter, asJob event: [UInt8]?) -> Bool {
            guard let identity = InMemoryDeadLetters.identity(letter.id) else { return false }
            return queue.takeLetter(identity, asJob: event)
        }
    }
}
