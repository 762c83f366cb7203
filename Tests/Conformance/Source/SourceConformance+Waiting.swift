import Jobs
import TestSupport

extension SourceConformance {
    private static let cause = DeadLetterCause(reason: "failed", error: "why")

    static let waiting: [Check<JobServer>] = [
        Check("A job to be tried again comes back with one attempt more, others go on") { server in
            try await reading(server) { source in
                try await server.publish(["again", "other"])
                try await settleNext(source, ["again": .retry(after: .milliseconds(50), cause)])
                var failure: WallTime?
                for attempt in 2...3 {
                    let back = try await next(source, settling: .retry(after: .zero, cause))
                    try require("job", back.map(\.text), is: ["again"])
                    try require("attempt", back.map(\.attempt), is: [attempt])
                    failure = failure ?? back.first?.firstFailedAt
                    try require(failure != nil, "it says when it failed first")
                    try require("first failure", back.map(\.firstFailedAt), is: [failure])
                }
                let sleeping = try await next(source, settling: .snooze(until: .now()))
                try require("attempt", sleeping.map(\.attempt), is: [4])
                let last = try await next(source, settling: .done)
                try require("attempt", last.map(\.attempt), is: [4])
                try require("first failure", last.map(\.firstFailedAt), is: [failure])
                try await requireSettled(server)
            }
        },
        Check("A job that is not due comes back then, with no attempt used") { server in
            try await reading(server) { source in
                try await server.publish(["later"])
                let due = WallTime.now() + .milliseconds(100)
                let first = try await next(source, settling: .snooze(until: due))
                try require("attempt", first.map(\.attempt), is: [1])
                let back = try await next(source, settling: .done)
                try require("job", back.map(\.text), is: ["later"])
                try require("first failure", back.map(\.firstFailedAt), is: [nil])
                try require("attempt", back.map(\.attempt), is: [1])
                try require(WallTime.now() >= due, "it came when it was due")
                try await requireSettled(server)
            }
        },
        Check("A job that has to wait for another comes back with no attempt used") { server in
            try await reading(server) { source in
                try await server.publish(["waiting"])
                _ = try await next(source, settling: .pause(.milliseconds(50)))
                let back = try await next(source, settling: .done)
                try require("job", back.map(\.text), is: ["waiting"])
                try require("attempt", back.map(\.attempt), is: [1])
                try require("first failure", back.map(\.firstFailedAt), is: [nil])
                try await requireSettled(server)
            }
        },
        Check("Jobs that are handed back come again, with no attempt used") { server in
            try await reading(server) { source in
                let jobs = (1...5).map { "job \($0)" }
                try await server.publish(jobs)
                var handedBack = 0
                while handedBack < jobs.count {
                    handedBack += try await next(source, settling: .handedBack).count
                }
                var again: [Seen] = []
                while again.count < jobs.count {
                    again += try await next(source, settling: .done)
                }
                try require("jobs", again.map(\.text).sorted(), is: jobs)
                try require("attempts", Set(again.map(\.attempt)), is: [1])
                try require("first failures", Set(again.map(\.firstFailedAt)), is: [nil])
                try await requireSettled(server)
                try require("dead letters", try await server.deadLetters(), is: [])
            }
        },
        Check("A job whose time is over is gone, and no dead letter") { server in
            try await reading(server) { source in
                try await server.publish(["late"])
                _ = try await next(source, settling: .expired)
                try await requireSettled(server)
                try require("dead letters", try await server.deadLetters(), is: [])
            }
        },
        Check("A job that waits keeps its bytes") { server in
            try await reading(server) { source in
                let body = [UInt8](0...255)
                try await server.publish(body)
                _ = try await next(source, settling: .retry(after: .zero, cause))
                guard let batch = try await source.nextBatch() else { throw ended }
                try require("bytes", batch.deliveries.map { Array($0.body) }, is: [body])
                try await batch.settle([.done])
            }
        },
    ]

    private static let ended = BrokenPromise(description: "the source ended by itself")

    private struct Seen {
        let text: String
        let attempt: Int
        let firstFailedAt: WallTime?
    }

    /// Keeps a source while `body` reads it.
    private static func reading(
        _ server: JobServer,
        _ body: (any JobSource) async throws -> Void
    ) async throws {
        let source = try await server.source("a", 16)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await source.run() }
            do {
                try await body(source)
            } catch {
                await source.close()
                throw error
            }
            await source.close()
        }
    }

    private static func next(
        _ source: any JobSource,
        settling outcome: Outcome
    ) async throws -> [Seen] {
        guard let batch = try await source.nextBatch() else { throw ended }
        let seen = batch.deliveries.map {
            Seen(
                text: String(decoding: $0.body, as: UTF8.self),
                attempt: $0.attempt,
                firstFailedAt: $0.firstFailedAt
            )
        }
        try await batch.settle(seen.map { _ in outcome })
        return seen
    }

    /// Settles two jobs, in however many batches they come: those that are named as said, the
    /// others as done.
    private static func settleNext(
        _ source: any JobSource,
        _ outcomes: [String: Outcome]
    ) async throws {
        var count = 0
        while count < 2 {
            guard let batch = try await source.nextBatch() else { throw ended }
            let texts = batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
            count += texts.count
            try await batch.settle(texts.map { outcomes[$0] ?? .done })
        }
    }
}
