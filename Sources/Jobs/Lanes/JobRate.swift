/// How many jobs may begin in a time.
public struct JobRate: Sendable, Equatable {
    /// So many, from 1.
    public let jobs: Int
    /// In each of these.
    public let period: Duration

    /// A rate from its parts.
    public init(_ jobs: Int, per period: Duration) {
        self.jobs = max(1, jobs)
        self.period = period
    }
}
