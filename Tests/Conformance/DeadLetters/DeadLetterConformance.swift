import Jobs
import TestSupport

/// What every `DeadLetterStore` promises, in memory or on a real broker.
public enum DeadLetterConformance: Sendable {
    /// All promises; each wants a queue of its own.
    public static let checks: [Check<DeadLetterServer>] = looking + settling

    private static let cause = DeadLetterCause(
        reason: "schema",
        error: "$.data is required, \"caf\u{E9}\"\nsecond line"
    )
    private static let bodies: [[UInt8]] = (0..<40).map { Array("{\"n\":\($0)}".utf8) }

    private static func event(_ id: String) -> [UInt8] {
        Array("{\"id\":\"\(id)\",\"type\":\"cache.invalidate\",\"data\":{\"keys\":[\"k\"]}}".utf8)
    }

    static let looking: [Check<DeadLetterServer>] = [
        Check("Letters come oldest first with bytes and cause, and are there afterwards as before")
        {
            server in
            let odd: [[UInt8]] = [Array(0...255), [], event("seven")]
            try await server.bury(odd, cause)
            var ids: [[String]] = []
            for _ in 1...3 {
                try await server.require(count: odd.count)
                let letters = try await server.letters()
                ids.append(letters.map(\.id))
                try require("events", letters.map { Array($0.delivery.body) }, is: odd)
                for letter in letters {
                    try require("reason", letter.failure.reason, is: cause.reason)
                    try require("error", letter.failure.error, is: cause.error)
                    try require("transport", letter.transport, is: server.store.transport)
                    try require(letter.failure.failedAt != nil, "the moment is known")
                    try require(server.store.mayOwn(letter.id), "the store owns \(letter.id)")
                }
                try require("event ids", letters.map(\.eventID), is: [nil, nil, "seven"])
                try require("kind", letters[2].kind, is: .invalidate)
            }
            try require("ids", ids[0], is: ids[1])
            try require("ids", ids[1], is: ids[2])
            try require("different ids", Set(ids[0]).count, is: odd.count)
        },
        Check("Pages follow one another without gaps, none larger than asked for") { server in
            try await server.bury(bodies, cause)
            let pages = try await server.store.read(DeadLetterRange(.all, pageSize: 7)) {
                session throws(DeadLetterError) in
                var pages: [[[UInt8]]] = []
                while true {
                    let page = try await session.nextPage()
                    if page.isEmpty { return pages }
                    pages.append(page.map { Array($0.delivery.body) })
                }
            }
            try require("events", pages.flatMap(\.self), is: bodies)
            try require(pages.allSatisfy { $0.count <= 7 }, "no page is larger than 7")
        },
        Check("Letters are found by their ids, and an unknown id finds none") { server in
            try await server.bury(Array(bodies.prefix(9)), cause)
            let all = try await server.letters()
            let wanted = [all[2].id, all[7].id]
            try await server.require(count: 9)
            let found = try await server.letters(.named(wanted))
            try require("found", found.map { Array($0.delivery.body) }, is: [bodies[2], bodies[7]])
            try await server.require(count: 9)
            try await server.store.read(DeadLetterRange(.named([wanted[0]]))) {
                session throws(DeadLetterError) in
                _ = try await session.remove(try await session.nextPage())
            }
            try await server.require(count: 8)
            try require("gone", try await server.letters(.named([wanted[0]])).count, is: 0)
        },
        Check("A walk over no letters gives no page") { server in
            try require("letters", try await server.letters().count, is: 0)
        },
    ]

    static let settling: [Check<DeadLetterServer>] = [
        Check("What is removed is gone, what is not stays in its order") { server in
            try await server.bury(bodies, cause)
            try await server.store.read(DeadLetterRange(.all, pageSize: 8)) {
                session throws(DeadLetterError) in
                while true {
                    let page = try await session.nextPage()
                    if page.isEmpty { return }
                    let meant = page.filter { ($0.delivery.body.dropLast().last ?? 0) % 2 == 0 }
                    let done = try await session.remove(meant)
                    if done.contains(false) {
                        throw DeadLetterError(.refused, "nobody else is here")
                    }
                    let again = try await session.remove(meant)
                    if again.contains(true) { throw DeadLetterError(.refused, "removed twice") }
                }
            }
            let rest = bodies.filter { ($0.dropLast().last ?? 0) % 2 == 1 }
            try await server.require(count: rest.count)
            let letters = try await server.letters().map { Array($0.delivery.body) }
            try require("events", letters, is: rest)
        },
        Check("What is requeued is a job with the same bytes and no letter") { server in
            let events = [event("a"), event("b"), event("c")]
            try await server.bury(events, cause)
            try await server.store.read(DeadLetterRange(.all)) { session throws(DeadLetterError) in
                while true {
                    let page = try await session.nextPage()
                    if page.isEmpty { return }
                    let done = try await session.requeue(
                        page.map { DeadLetterRequeue($0, as: .invalidate) }
                    )
                    if done.contains(false) {
                        throw DeadLetterError(.refused, "nobody else is here")
                    }
                }
            }
            try await server.require(count: 0)
            try await requireJobs(events, server)
        },
        Check("An event that was edited takes the place of the one that died") { server in
            let mended = event("mended")
            try await server.bury([Array("{".utf8)], cause)
            try await server.store.read(DeadLetterRange(.all)) { session throws(DeadLetterError) in
                for letter in try await session.nextPage() {
                    let request = DeadLetterRequeue(letter, as: .invalidate, edited: mended)
                    _ = try await session.requeue([request])
                }
            }
            try await server.require(count: 0)
            try await requireJobs([mended], server)
        },
        Check("Letters that are added while a walk goes on are not part of it") { server in
            try await server.bury(Array(bodies.prefix(5)), cause)
            let seen = try await withRestlessUndertaker(server) {
                try await server.store.read(DeadLetterRange(.all, pageSize: 2)) {
                    session throws(DeadLetterError) in
                    var seen = 0
                    while seen < 100 {
                        let page = try await session.nextPage()
                        if page.isEmpty { break }
                        seen += page.count
                        _ = try await session.requeue(
                            page.map { DeadLetterRequeue($0, as: .invalidate) }
                        )
                    }
                    return seen
                }
            }
            try require("letters seen", seen, is: 5)
            try await server.require(count: 5)
        },
    ]

    private static func requireJobs(_ bodies: [[UInt8]], _ server: DeadLetterServer) async throws {
        let consumer = Consumer(try await server.queue.source("heir", 8), SourceConformance.done)
        try await Consumer.reading(consumer) {
            try await eventually("the jobs came") { consumer.jobs.count >= bodies.count }
            try await SourceConformance.requireSettled(server.queue)
        }
        let texts = bodies.map { String(decoding: $0, as: UTF8.self) }
        try require("jobs", consumer.jobs, is: texts)
    }

    /// Gives up every job that comes while `body` runs, and after it until nothing is left.
    private static func withRestlessUndertaker<Result>(
        _ server: DeadLetterServer,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let source = try await server.queue.source("undertaker", 1)
        let consumer = Consumer(source, .settle { _ in .deadLetter(cause) })
        var result: Result?
        try await Consumer.reading(consumer) {
            result = try await body()
            try await eventually("all jobs died again") { consumer.jobs.count >= 5 }
            try await SourceConformance.requireSettled(server.queue)
        }
        guard let result else { throw BrokenPromise(description: "the body did not end") }
        return result
    }
}
