import AMQPClient
import EventLoop
import Glibc

/// Measures the AMQP client against a broker; `run` starts one and compares with rabbitmq-c.
@main struct AMQPBenchmark {
    private static let queue = "bench"
    private static let prefetch: UInt16 = 512
    private static let publishBatch = 2_000

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else {
            print("usage: AMQPBenchmark fill|drain URL COUNT")
            return
        }
        let loop = try EventLoop(name: "amqp")
        let configuration = try AMQPConfiguration(url: arguments[2])
        let dependencies = AMQPDependencies(loop: loop)
        try await withTaskExecutorPreference(loop) {
            if arguments[1] == "fill" {
                try await fill(count, configuration, dependencies)
            } else {
                try await drain(count, configuration, dependencies)
            }
        }
    }

    /// Publishes persistent messages of 70 bytes and waits for all confirms.
    @concurrent private static func fill(
        _ count: Int,
        _ configuration: AMQPConfiguration,
        _ dependencies: AMQPDependencies
    ) async throws {
        let publisher = AMQPPublisher(
            configuration,
            topology: AMQPTopology(queues: [.quorum(queue)]),
            dependencies: dependencies
        )
        async let run: Void = publisher.run()
        try await publisher.waitUntilSetUp(within: .seconds(30))
        let text = #"{"type":"cache.invalidate","data":{"keys":["app:user:1234567890"]}}"#
        let message = AMQPMessage(
            to: "",
            routingKey: queue,
            body: Array(text.utf8)[...],
            properties: AMQPProperties(contentType: "application/json", messageID: "m")
        )
        let usage = Usage()
        for start in stride(from: 0, to: count, by: publishBatch) {
            let size = min(publishBatch, count - start)
            try await publisher.publish(Array(repeating: message, count: size))
        }
        usage.report("fill", count)
        await publisher.close()
        await run
    }

    /// Consumes and acknowledges, one acknowledgement a batch.
    @concurrent private static func drain(
        _ count: Int,
        _ configuration: AMQPConfiguration,
        _ dependencies: AMQPDependencies
    ) async throws {
        let consumer = AMQPConsumer(
            configuration,
            subscriptions: [AMQPSubscription(to: queue, prefetch: prefetch)],
            dependencies: dependencies
        )
        async let run: Void = consumer.run()
        var taken = 0
        var batches = 0
        var bytes = 0
        var usage = Usage()
        while taken < count, let batch = await consumer.nextBatch() {
            if taken == 0 { usage = Usage() }
            for delivery in batch { bytes += delivery.body.count }
            taken += batch.count
            batches += 1
            await consumer.acknowledge(batch)
        }
        usage.report("drain", taken)
        print("  \(batches) batches, \(bytes) bytes")
        await consumer.close()
        await run
    }
}

/// Wall clock and processor time since it was made.
struct Usage {
    /// RUSAGE_SELF, which Swift imports with another type than getrusage takes.
    private static let thisProcess: Int32 = 0

    private let start = ContinuousClock.now
    private let cpu = Usage.cpuSeconds

    func report(_ name: String, _ count: Int) {
        let wall = start.duration(to: .now) / .seconds(1)
        let cpu = Usage.cpuSeconds - cpu
        var usage = rusage()
        _ = unsafe getrusage(Self.thisProcess, &usage)
        let rate = Int(Double(count) / wall)
        let microseconds = (cpu / Double(count) * 1e8).rounded() / 100
        let peak = usage.ru_maxrss / 1_024
        print("\(name): \(rate) msg/s, \(microseconds) us CPU a message, peak RSS \(peak) MB")
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        _ = unsafe getrusage(thisProcess, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}
