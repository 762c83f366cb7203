import Jobs
import TestSupport

extension SourceConformance {
    static let ending: [Check<JobServer>] = [
        Check("Stopping ends a source that waits") { server in
            let consumer = Consumer(try await server.source("a", 4), done)
            try await Consumer.reading(consumer) {
                try await server.publish(["job"])
                try await eventually("it came") { consumer.jobs == ["job"] }
                await consumer.source.stop()
                try await eventually("the source has ended") { consumer.hasEnded }
            }
            try await requireSettled(server)
        },
        Check("A source stopped before it was read has ended, and stopping twice is fine") {
            server in
            try await running(try await server.source("a", 4)) { source in
                await source.stop()
                await source.stop()
                try require("batch", try await next(source, .done), is: nil)
                await source.close()
                try require("batch", try await next(source, .done), is: nil)
            }
        },
        Check("What was handed over can be settled after stopping, the rest is given back") {
            server in
            try await server.publish(many.prefix(5))
            var own: [String] = []
            try await running(try await server.source("a", 1)) { first in
                guard let batch = try await first.nextBatch() else {
                    throw BrokenPromise(description: "the source ended by itself")
                }
                await first.stop()
                own = batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
                try await batch.settle([.done])
                // It may hand over what it had fetched before; then it ends.
                while let jobs = try await next(first, .done) { own += jobs }
            }
            let rest = 5 - own.count
            let second = Consumer(try await server.source("b", 8), done)
            try await Consumer.reading(second) {
                try await eventually("the rest came") { second.jobs.count >= rest }
                try await requireSettled(server)
            }
            try require("jobs", (own + second.jobs).sorted(), is: many.prefix(5).sorted())
        },
        Check("Reading in a cancelled task ends, and takes no job away") { server in
            let first = Consumer(try await server.source("a", 4), .hold)
            try await Consumer.reading(first) {}
            try require(first.hasEnded, "a cancelled reader gets nil")
            try await server.publish(["job"])
            let second = Consumer(try await server.source("b", 4), done)
            try await Consumer.reading(second) {
                try await eventually("it came") { second.jobs.contains("job") }
                try await requireSettled(server)
            }
            try require("jobs", second.jobs, is: ["job"])
        },
    ]
}
