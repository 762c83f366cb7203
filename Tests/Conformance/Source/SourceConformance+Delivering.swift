import Jobs
import TestSupport

extension SourceConformance {
    static let delivering: [Check<JobServer>] = [
        Check("One consumer gets all jobs, once, in the order they were published") { server in
            let consumer = Consumer(try await server.source("a", 32), done)
            try await server.publish(many)
            try await Consumer.reading(consumer) {
                try await eventually("all came") { consumer.jobs.count >= many.count }
                try await requireSettled(server)
            }
            try require("jobs", consumer.jobs, is: many)
            let longest = consumer.batches.map(\.count).max() ?? 0
            try require(longest <= 32, "a batch of \(longest), though 32 were allowed")
        },
        Check("A body is delivered byte for byte") { server in
            let bodies: [[UInt8]] = [
                [0], Array(0...255), Array("{\"a\":\"\u{E9}\"}\r\n".utf8), [0xFF, 0xFE],
                [UInt8](repeating: 9, count: 200_000),
            ]
            try await running(try await server.source("a", 1)) { source in
                for body in bodies {
                    try await server.publish(body)
                    guard let batch = try await source.nextBatch() else {
                        throw BrokenPromise(description: "the source ended by itself")
                    }
                    try require("body", batch.deliveries.map { Array($0.body) }, is: [body])
                    try await batch.settle([.done])
                }
                try await requireSettled(server)
            }
        },
        Check("A batch never waits to fill") { server in
            try await running(try await server.source("a", 256)) { source in
                for text in ["one", "two", "three"] {
                    try await server.publish([text])
                    try require("batch", try await next(source, .done), is: [text])
                }
                try await requireSettled(server)
            }
        },
        Check("A consumer that waits gets what is published later") { server in
            let consumer = Consumer(try await server.source("a", 8), done)
            try await Consumer.reading(consumer) {
                for count in 1...5 {
                    try await server.publish(["job \(count)"])
                    try await eventually("it came") { consumer.jobs.count >= count }
                }
            }
            try require("jobs", consumer.jobs, is: (1...5).map { "job \($0)" })
            try await requireSettled(server)
        },
        Check("What one living consumer holds, no other gets") { server in
            let first = Consumer(try await server.source("a", 16), .hold)
            let second = Consumer(try await server.source("b", 16), .hold)
            try await Consumer.reading(first, second) {
                for wave in [many.prefix(200), many.suffix(100)] {
                    try await server.publish(wave)
                    let sum = wave.endIndex
                    try await eventually("all came") {
                        first.jobs.count + second.jobs.count >= sum
                    }
                }
                let jobs = first.jobs + second.jobs
                try require("jobs", jobs.sorted(), is: many.sorted())
                try require("unsettled", try await server.unsettledCount(), is: many.count)
            }
        },
        Check("Consumers share the jobs, and each job is done once") { server in
            let consumers = [
                Consumer(try await server.source("a", 8), done),
                Consumer(try await server.source("b", 8), done),
                Consumer(try await server.source("c", 8), done),
            ]
            try await Consumer.reading(consumers[0], consumers[1], consumers[2]) {
                try await server.publish(many)
                try await eventually("all came") {
                    consumers.reduce(0) { $0 + $1.jobs.count } >= many.count
                }
                try await requireSettled(server)
            }
            try require("jobs", consumers.flatMap(\.jobs).sorted(), is: many.sorted())
        },
    ]
}
