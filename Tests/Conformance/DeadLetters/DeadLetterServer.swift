public import Jobs
import TestSupport

/// A queue and its dead letters under test.
public struct DeadLetterServer: Sendable {
    /// How jobs get in and out.
    public let queue: JobServer
    /// The dead letters of that queue.
    public let store: any DeadLetterStore

    /// A server from its parts.
    public init(queue: JobServer, store: any DeadLetterStore) {
        self.queue = queue
        self.store = store
    }

    /// Gives up jobs with these bodies, one after the other.
    func bury(_ bodies: [[UInt8]], _ cause: DeadLetterCause) async throws {
        let before = try await letters().count
        try await SourceConformance.running(try await queue.source("undertaker", 1)) { source in
            for body in bodies {
                try await queue.publish(body)
                _ = try await SourceConformance.next(source, .deadLetter(cause))
            }
            try await SourceConformance.requireSettled(queue)
        }
        try await require(count: before + bodies.count)
    }

    /// All letters, taken in pages of that size and left where they are.
    func letters(
        _ extent: DeadLetterRange.Extent = .all,
        pageSize: Int = 32
    ) async throws -> [DeadLetter] {
        try await store.read(DeadLetterRange(extent, pageSize: pageSize)) {
            session throws(DeadLetterError) in
            var letters: [DeadLetter] = []
            while true {
                let page = try await session.nextPage()
                if page.isEmpty { return letters }
                letters += page
            }
        }
    }

    /// Waits until there are so many letters.
    func require(count: Int) async throws {
        try await eventually("there are \(count) letters") {
            try await letters().count == count
        }
    }
}
