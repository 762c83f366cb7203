import Synchronization

/// A queue in this process: the twin of the streams and queues of the brokers.
///
/// Several `InMemorySource`s may consume it. What a source had fetched and not settled when it was
/// closed is delivered again.
public final class InMemoryQueue: Sendable {
    /// A job that will never be done.
    public struct DeadLetter: Sendable, Equatable {
        /// The event as it arrived.
        public let event: [UInt8]
        /// Why it is here.
        public let cause: DeadLetterCause
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// A queue that holds at most `capacity` waiting jobs.
    public init(capacity: Int = 10_000) { self.capacity = capacity }

    /// Adds a job; suspends while the queue is full.
    ///
    /// - Returns: false when the job was not added: the queue is finished, or was full when the
    ///   task was cancelled.
    @discardableResult
    public func add(_ event: [UInt8]) async -> Bool {
        while true {
            switch state.withLock({ $0.add(event, capacity) }) {
            case .added: return true
            case .finished: return false
            case .wait(let room): for await _ in room {}
            }
            if Task.isCancelled { return false }
        }
    }

    /// No more jobs will be added: sources end when the queue is empty.
    public func finish() {
        state.withLock { state in
            state.isFinished = true
            state.wakeReaders()
            state.wakeWriters()
        }
    }

    /// What has gone to the dead letters so far.
    public var deadLetters: [DeadLetter] { state.withLock { $0.deadLetters } }

    /// How many jobs wait or are being worked on.
    public var unsettledCount: Int {
        state.withLock { $0.waiting.count + $0.fetched.count }
    }

    // MARK: What the sources do

    enum Fetch {
        case jobs([(identity: UInt64, event: [UInt8])])
        case wait(AsyncStream<Never>)
        case end
    }

    func fetch(upTo limit: Int) -> Fetch {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                if state.isFinished { return .end }
                let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
                state.readers.append(continuation)
                return .wait(stream)
            }
            let jobs = Array(state.waiting.prefix(limit))
            state.waiting.removeFirst(jobs.count)
            for job in jobs { state.fetched[job.identity] = job.event }
            state.wakeWriters()
            return .jobs(jobs)
        }
    }

    func wakeReaders() {
        state.withLock { $0.wakeReaders() }
    }

    func settle(_ identities: [UInt64], _ outcomes: [Outcome]) {
        state.withLock { state in
            for (identity, outcome) in zip(identities, outcomes) {
                guard let event = state.fetched.removeValue(forKey: identity) else { continue }
                if case .deadLetter(let cause) = outcome {
                    state.deadLetters.append(DeadLetter(event: event, cause: cause))
                }
            }
        }
    }

    /// Puts jobs back where they were among those that wait.
    func giveBack(_ identities: [UInt64]) {
        state.withLock { state in
            for identity in identities {
                guard let event = state.fetched.removeValue(forKey: identity) else { continue }
                state.waiting.append((identity, event))
            }
            state.waiting.sort { $0.identity < $1.identity }
            state.wakeReaders()
        }
    }

    private enum Addition {
        case added
        case finished
        case wait(AsyncStream<Never>)
    }

    private struct State {
        var waiting: [(identity: UInt64, event: [UInt8])] = []
        var fetched: [UInt64: [UInt8]] = [:]
        var deadLetters: [DeadLetter] = []
        var lastIdentity: UInt64 = 0
        var isFinished = false
        var readers: [AsyncStream<Never>.Continuation] = []
        var writers: [AsyncStream<Never>.Continuation] = []

        mutating func add(_ event: [UInt8], _ capacity: Int) -> Addition {
            guard !isFinished else { return .finished }
            guard waiting.count < capacity else {
                let (room, continuation) = AsyncStream.makeStream(of: Never.self)
                writers.append(continuation)
                return .wait(room)
            }
            lastIdentity += 1
            waiting.append((lastIdentity, event))
            wakeReaders()
            return .added
        }

        mutating func wakeReaders() {
            for reader in readers { reader.finish() }
            readers.removeAll()
        }

        mutating func wakeWriters() {
            for writer in writers { writer.finish() }
            writers.removeAll()
        }
    }
}
