import Jobs
import RedisClient

/// Whether a stream source asks for jobs, and how many have come: what its watchdog looks at.
struct StreamDemand {
    /// Whether jobs are asked for, of a server that would give them.
    private(set) var isOpen = false
    /// Jobs that were handed over so far.
    private(set) var jobs: UInt64 = 0
    private var isRefused = false

    /// Jobs are asked for now.
    mutating func asks() { isOpen = !isRefused }

    /// None are asked for until further notice: there is no room, or another one has this name.
    mutating func pauses() { isOpen = false }

    /// The server has answered; after an answer without jobs they are asked for again.
    mutating func isAnswered(jobs count: Int) {
        isRefused = false
        isOpen = count == 0
        jobs += UInt64(count)
    }

    /// No answer, or one that says why there are no jobs: the server is away, loads, is read-only.
    ///
    /// Silence alone is what a watchdog is for; everything else has a name and mends itself.
    mutating func fails(_ error: RedisError) {
        isRefused = error.code != .timeout
        isOpen = !isRefused
    }
}
