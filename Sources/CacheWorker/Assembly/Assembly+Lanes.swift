import AMQPClient
import Backends
import Jobs

/// A source of jobs, and who works on them.
struct WorkLane {
    /// What it is called in the log: its kinds.
    let name: String
    let source: any JobSource
    /// How many workers share the source.
    var workerCount = 1

    /// A source for each worker.
    var shares: [any JobSource] { SharedSource.shares(of: source, workerCount) }
}

extension Assembly {
    /// The lanes of all configured transports, which share one budget.
    func lanes() -> [WorkLane] {
        let budget = InFlightBudget(
            maxJobs: configuration.maxJobsInFlight,
            maxBytes: configuration.maxBytesInFlight
        )
        let lanes = Lane.all(
            concurrency: { configuration.jobConcurrency[$0] },
            rate: { configuration.jobRate[$0] }
        )
        return lanes.compactMap { streamLane($0, budget) }
            + lanes.compactMap { queueLane($0, budget) }
    }

    private func streamLane(_ lane: Lane, _ budget: InFlightBudget) -> WorkLane? {
        guard let jobs else { return nil }
        let reader = connections.connection(
            to: jobs.configuration,
            for: "reader\(lane.suffix)"
        )
        let source = RedisStreamSource(
            reader: reader,
            writer: jobs.connection,
            keys: keys,
            options: RedisStreamSource.Options(
                consumer: configuration.nodeID + lane.suffix,
                kinds: lane.kinds,
                isReadAhead: lane.isBatched,
                batchSize: lane.isBatched ? configuration.batchSize : 1
            ),
            intake: Intake(lane, budget),
            logger: logger
        )
        return WorkLane(name: lane.name, source: source, workerCount: lane.workerCount)
    }

    private func queueLane(_ lane: Lane, _ budget: InFlightBudget) -> WorkLane? {
        guard let broker, let publisher else { return nil }
        let intake = Intake(lane, budget)
        let role = "consumer\(lane.suffix)"
        var consuming = connections.named(broker, for: role)
        consuming.maxBatchCount =
            lane.isBatched ? min(configuration.batchSize, intake.burst ?? .max) : 1
        consuming.maxBodyBytes = max(consuming.maxBodyBytes, configuration.maxEventBytes)
        consuming.maxBufferedBytes = configuration.maxBytesInFlight / Self.bufferShare
        let prefetch = prefetch(of: lane, atMost: intake.burst)
        let consumer = AMQPConsumer(
            consuming,
            topology: topology.declarations,
            subscriptions: lane.kinds.map {
                AMQPSubscription(to: topology.queue(of: $0), prefetch: prefetch)
            },
            dependencies: connections.dependencies(for: role)
        )
        connections.board.add { await consumer.status.report(as: role) }
        if lane.kinds.contains(.invalidate) {
            connections.board.add { await publisher.status.report(as: "publisher") }
        }
        let source = AMQPSource(
            consumer: consumer,
            publisher: publisher,
            inspector: inspector,
            topology: topology,
            intake: intake,
            sharesConnections: true
        )
        return WorkLane(name: lane.name, source: source, workerCount: lane.workerCount)
    }

    /// What a lane's connection may hold of the bytes in flight before it stops reading: a broker
    /// can be told how many jobs to send ahead, not how many bytes.
    private static let bufferShare = 4

    /// How many jobs the broker sends ahead: few where each may take long, and where a rate lets
    /// few through.
    private func prefetch(of lane: Lane, atMost burst: Int?) -> UInt16 {
        let count = lane.isBatched ? configuration.amqpPrefetch : lane.concurrency
        return UInt16(clamping: min(count, burst ?? .max, configuration.maxJobsInFlight))
    }
}

extension Intake {
    fileprivate convenience init(_ lane: Lane, _ budget: InFlightBudget) {
        self.init(budget: budget, maxBatches: lane.concurrency, rate: lane.rate)
    }
}
