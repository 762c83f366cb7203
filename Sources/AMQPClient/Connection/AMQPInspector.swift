public import EventLoop

/// Looks at queues over a connection of its own, so that nobody's messages wait for its questions,
/// and its answers for nobody's messages.
public actor AMQPInspector: LoopConfined {
    /// The thread it lives on, with its connection.
    public nonisolated let loop: EventLoop
    private let keeper: ConnectionKeeper

    /// An inspector that does nothing until `run`.
    public init(_ configuration: AMQPConfiguration, dependencies: AMQPDependencies) {
        loop = dependencies.loop
        keeper = ConnectionKeeper(configuration, dependencies)
    }

    /// How it is doing now.
    public var status: AMQPStatus { keeper.status }

    /// Connects, again whenever the connection is lost.
    ///
    /// Returns after `close`, or when the task is cancelled; a second call returns at once.
    public func run() async {
        await keeper.run { [weak self] event in
            self?.assumeIsolated { $0.keeper.handle(event, queues: []) }
        } setUp: { (_) throws(AMQPError) in
            []
        }
    }

    /// How many messages of a queue no consumer holds.
    ///
    /// Throws at once when there is no connection, and `notFound` when there is no such queue.
    public func messageCount(of queue: String) async throws(AMQPError) -> Int {
        try await keeper.messageCount(of: queue)
    }

    /// Ends `run`; twice is fine.
    public func close() { keeper.close() }
}
