/// Where jobs come from: a queue that delivers at least once.
public protocol JobSource: Sendable {
    /// A short name for logs and metrics.
    var name: String { get }

    /// Whether reading early pays: true where a read is a question to a server. Where jobs come by
    /// themselves and gather, a batch that is taken late is larger.
    var isReadAhead: Bool { get }

    /// Keeps what the source needs until `close`, or until the task is cancelled; runs beside
    /// everything else.
    func run() async

    /// What has arrived, at least one delivery, at most what the source was told to hand over.
    ///
    /// Suspends while there is nothing; never waits for a batch to fill. Nil in a cancelled task,
    /// and after `stop`, when everything that the source had fetched has been handed over or given
    /// back. One caller at a time.
    func nextBatch() async throws(SourceError) -> DeliveryBatch?

    /// Ends the source: fetches no more, and gives back what no batch holds yet. Batches that
    /// were handed over can still be settled. Twice is fine.
    func stop() async

    /// How many jobs `stop` has given back, since no batch held them.
    var handedBackCount: Int { get async }

    /// What waits in its queues, where that is cheap to know; one for each queue.
    func backlogs() async throws(SourceError) -> [Backlog]

    /// Whether jobs come, for each of its queues; none where it cannot tell, as while its server
    /// is away, and none after `stop`.
    func flows() async -> [JobFlow]

    /// Makes anew what jobs of a queue come through, since none come; what was handed over may come
    /// again.
    func rebuildConsumer(of queue: String) async

    /// Makes all connections anew that jobs come by or are settled by, since none come.
    func rebuildConnection() async

    /// Releases what the source holds, once the last batch has been settled or dropped.
    func close() async
}

extension JobSource {
    /// Most sources ask a server.
    public var isReadAhead: Bool { true }

    /// None: most sources fetch nothing ahead.
    public var handedBackCount: Int { 0 }

    /// Returns at once: most sources keep nothing.
    public func run() async {}

    /// None: most sources cannot tell.
    public func backlogs() async throws(SourceError) -> [Backlog] { [] }

    /// None: a source without a server cannot be cut off from it.
    public func flows() async -> [JobFlow] { [] }

    /// Nothing, as for all sources that tell of no flow.
    public func rebuildConsumer(of queue: String) async {}

    /// Nothing, as for all sources that tell of no flow.
    public func rebuildConnection() async {}
}
