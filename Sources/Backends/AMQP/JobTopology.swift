public import AMQPClient
public import Jobs

/// The exchanges and queues of the jobs on a broker.
public struct JobTopology: Sendable, Equatable {
    /// A queue hands the same job out at most so often before the broker gives it up.
    ///
    /// A backstop only: the broker counts deliveries that a crash of their neighbour ended, too.
    static let deliveryLimit: Int64 = 100

    /// A dead letter may be looked at so often: each look counts as a delivery, and RabbitMQ 4
    /// throws away what was delivered 20 times unless told otherwise.
    static let letterDeliveryLimit: Int64 = 1_000_000

    /// The topic exchange that producers publish to.
    public var exchange: String
    /// The exchange and the queue of what will never be done.
    public var deadLetters: String
    /// What the names of the queues begin with; the job kind follows.
    public var queuePrefix: String

    /// The names of the contract, unless others are given.
    public init(
        exchange: String = "cache.jobs",
        deadLetters: String = "cache.dead",
        queuePrefix: String = "cache."
    ) {
        self.exchange = exchange
        self.deadLetters = deadLetters
        self.queuePrefix = queuePrefix
    }

    /// The queues, one for each kind of job.
    public var queues: [String] { JobKind.allCases.map(queue) }

    /// The queue of a kind of job.
    public func queue(of kind: JobKind) -> String { queuePrefix + kind.rawValue }

    /// The kind of job that a queue is for.
    func kind(ofQueue queue: String) -> String { String(queue.dropFirst(queuePrefix.count)) }

    /// Everything as it has to be declared.
    public var declarations: AMQPTopology {
        AMQPTopology(
            exchanges: [AMQPExchange(exchange, .topic), AMQPExchange(deadLetters, .topic)]
                + RetryStep.allCases.map { AMQPExchange(retry($0), .fanout) },
            queues: queues.map { .quorum($0, arguments: jobArguments) } + [letterQueue]
                + RetryStep.allCases.map { .quorum(retry($0), arguments: retryArguments($0)) },
            bindings: zip(queues, JobKinds.all)
                .map { queue, kind in
                    AMQPBinding(of: .queue(queue), to: exchange, routingKey: "\(kind).#")
                } + [AMQPBinding(of: .queue(deadLetters), to: deadLetters, routingKey: "#")]
                + RetryStep.allCases.map { AMQPBinding(of: .queue(retry($0)), to: retry($0)) }
        )
    }

    /// The exchange, and the queue behind it, of a step.
    ///
    /// It hands on to one queue whatever the routing key is, so a message keeps the key that leads
    /// it back to its own queue.
    func retry(_ step: RetryStep) -> String { "\(queuePrefix)retry.\(step.rawValue)" }

    private func retryArguments(_ step: RetryStep) -> AMQPTable {
        [
            "x-message-ttl": .integer(step.duration.milliseconds),
            "x-dead-letter-exchange": .string(exchange),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        ]
    }

    private var letterQueue: AMQPQueue {
        .quorum(
            deadLetters,
            arguments: ["x-delivery-limit": .integer(Self.letterDeliveryLimit)]
        )
    }

    /// What the broker itself gives up must not be lost on its way to the dead letters.
    private var jobArguments: AMQPTable {
        [
            "x-delivery-limit": .integer(Self.deliveryLimit),
            "x-dead-letter-exchange": .string(deadLetters),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        ]
    }
}
