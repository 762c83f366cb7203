import Synchronization

/// Bounds what one process has taken from its servers and not settled yet, all lanes together.
///
/// It is asked before something is taken, and told afterwards what that was, since no server says
/// how large the next jobs are. So one read of each lane may go beyond the bound; then nobody
/// takes anything before there is room again. A job that alone is larger than the bound is taken
/// when room is left, and nothing is taken beside it.
public final class InFlightBudget: Sendable {
    /// Jobs at most.
    public let maxJobs: Int
    /// Bytes of events at most.
    public let maxBytes: Int
    private let state = Mutex(State())

    private struct State {
        var jobs = 0
        var bytes = 0
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: AsyncStream<Never>.Continuation] = [:]

        mutating func wakeAll() {
            for waiter in waiters.values { waiter.finish() }
            waiters.removeAll()
        }
    }

    /// A budget that nobody has taken from.
    public init(maxJobs: Int = .max, maxBytes: Int = .max) {
        self.maxJobs = maxJobs
        self.maxBytes = maxBytes
    }

    /// What is in flight now.
    public var inFlight: (jobs: Int, bytes: Int) { state.withLock { ($0.jobs, $0.bytes) } }

    /// Whether somebody waits for a change.
    var isWaitedFor: Bool { state.withLock { !$0.waiters.isEmpty } }

    /// What may still be taken; nil when there is no room.
    var room: Allowance? {
        let (jobs, bytes) = inFlight
        guard jobs < maxJobs, bytes < maxBytes else { return nil }
        return Allowance(jobs: maxJobs - jobs, bytes: maxBytes - bytes)
    }

    func take(jobs: Int, bytes: Int) {
        state.withLock { state in
            state.jobs += jobs
            state.bytes += bytes
        }
    }

    func giveBack(jobs: Int, bytes: Int) {
        state.withLock { state in
            state.jobs -= jobs
            state.bytes -= bytes
            state.wakeAll()
        }
    }

    /// Wakes everybody who waits, to look again.
    func wake() { state.withLock { $0.wakeAll() } }

    /// Ends at the next change after the call; to be given up when nobody waits for it any more.
    func nextChange() -> (number: UInt64, change: AsyncStream<Never>) {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let number = state.withLock { state in
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = continuation
            return state.lastWaiter
        }
        return (number, stream)
    }

    func giveUp(_ number: UInt64) { state.withLock { $0.waiters[number] = nil } }
}

/// How much may be taken now.
public struct Allowance: Sendable, Equatable {
    /// Jobs, at least one.
    public var jobs: Int
    /// Bytes of events, at least one.
    public var bytes: Int

    /// An allowance from its parts.
    public init(jobs: Int, bytes: Int) {
        self.jobs = jobs
        self.bytes = bytes
    }
}
