/// How far the workers are behind in one queue, all of them together.
public struct Backlog: Sendable, Equatable {
    /// The name of the queue: a kind of job.
    public let queue: String
    /// Jobs that no worker has; nil when the server cannot tell.
    public let waiting: Int?
    /// Jobs that a worker has and has not settled.
    public let unsettled: Int
    /// How long ago the oldest job of both was added, as far as the server tells, or about; zero
    /// when there is none, nil when nobody knows.
    public let oldestAge: Duration?

    /// A backlog from its parts.
    public init(queue: String, waiting: Int?, unsettled: Int, oldestAge: Duration?) {
        self.queue = queue
        self.waiting = waiting
        self.unsettled = unsettled
        self.oldestAge = oldestAge
    }
}
