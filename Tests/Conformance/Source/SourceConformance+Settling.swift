import Jobs
import TestSupport

extension SourceConformance {
    private static let cause = DeadLetterCause(
        reason: "schema",
        error: "$.data is required, \"caf\u{E9}\"\nsecond line"
    )

    static let settling: [Check<JobServer>] = [
        Check("What is done is gone for good") { server in
            try await server.publish(many)
            let first = Consumer(try await server.source("a", 64), done)
            try await Consumer.reading(first) {
                try await eventually("all came") { first.jobs.count >= many.count }
                try await requireSettled(server)
            }
            let second = Consumer(try await server.source("b", 64), done)
            try await Consumer.reading(second) {
                try await server.publish(["marker"])
                try await eventually("the marker came") { second.jobs.contains("marker") }
            }
            try require("jobs", second.jobs, is: ["marker"])
            try require("dead letters", try await server.deadLetters(), is: [])
        },
        Check("A dead letter is stored once, with cause and bytes, and the jobs around it go on") {
            server in
            let consumer = Consumer(
                try await server.source("a", 16),
                .settle { $0.hasPrefix("bad") ? .deadLetter(cause) : .done }
            )
            let jobs = (0..<60).map { $0 % 7 == 3 ? "bad \($0)" : "good \($0)" }
            let bad = jobs.filter { $0.hasPrefix("bad") }
            try await Consumer.reading(consumer) {
                try await server.publish(jobs)
                try await eventually("all came") { consumer.jobs.count >= jobs.count }
                try await requireSettled(server)
                try await eventually("dead letters stored") {
                    try await server.deadLetters().count >= bad.count
                }
            }
            try require("jobs", consumer.jobs, is: jobs)
            let expected = bad.map { JobServer.DeadLetter(event: Array($0.utf8), cause: cause) }
            try require("dead letters", try await server.deadLetters(), is: expected)
        },
        Check("A dead letter keeps bytes that are no text") { server in
            let bodies: [[UInt8]] = [Array(0...255), [0xC3], [UInt8](repeating: 0, count: 100_000)]
            try await running(try await server.source("a", 1)) { source in
                for body in bodies {
                    try await server.publish(body)
                    _ = try await next(source, .deadLetter(cause))
                }
                try await requireSettled(server)
                try await eventually("dead letters stored") {
                    try await server.deadLetters().count >= bodies.count
                }
            }
            try require("events", try await server.deadLetters().map(\.event), is: bodies)
        },
        Check("Batches may be settled in another order than they were read in") { server in
            try await running(try await server.source("a", 1)) { source in
                try await server.publish(["first", "second"])
                guard let first = try await source.nextBatch(),
                    let second = try await source.nextBatch()
                else { throw BrokenPromise(description: "the source ended by itself") }
                try await second.settle([.done])
                try await eventually("the second is settled, the first is not") {
                    try await server.unsettledCount() == 1
                }
                try await first.settle([.done])
                try await requireSettled(server)
            }
        },
        Check("What a closed consumer did not settle, another one gets") { server in
            var settled: [String] = []
            try await server.publish(many.prefix(20))
            try await running(try await server.source("a", 4)) { first in
                settled = try await next(first, .done) ?? []
                let held = try await next(first, nil) ?? []
                try require(!held.isEmpty, "the first consumer holds jobs")
            }
            let rest = 20 - settled.count
            let second = Consumer(try await server.source("b", 4), done)
            try await Consumer.reading(second) {
                try await eventually("the rest came") {
                    second.jobs.count >= rest
                }
                try await requireSettled(server)
            }
            let jobs = (settled + second.jobs).sorted()
            try require("jobs", jobs, is: many.prefix(20).sorted())
        },
    ]
}
