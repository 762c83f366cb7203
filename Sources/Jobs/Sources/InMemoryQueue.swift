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
    private let wallClock: @Sendable () -> WallTime
    private let state = Mutex(State())

    /// A queue that holds at most `capacity` waiting jobs.
    public init(
        capacity: Int = 10_000,
        wallClock: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.capacity = capacity
        self.wallClock = wallClock
    }

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
    public var deadLetters: [DeadLetter] { letters.map(\.letter) }

    /// How many jobs wait or are being worked on.
    public var unsettledCount: Int {
        state.withLock { $0.waiting.count + $0.fetched.count + $0.delayed.count }
    }

    /// How many jobs wait that no source has.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    // MARK: What the dead letters' store does

    var letters: [Letter] { state.withLock { $0.letters } }

    /// Removes a letter and, in the same step, adds `event` as a job where it is given.
    ///
    /// - Returns: false when the letter is not there.
    func takeLetter(_ identity: UInt64, asJob event: [UInt8]?) -> Bool {
        state.withLock { state in
            guard let index = state.letters.firstIndex(where: { $0.identity == identity }) else {
                return false
            }
            state.letters.remove(at: index)
            if let event { state.append(event) }
            return true
        }
    }

    // MARK: What the sources do

    /// A job as it waits or is worked on.
    struct Waiting: Sendable {
        var identity: UInt64
        let event: [UInt8]
        var attempt = 1
        var firstFailedAt: WallTime?
        /// Whether a source had it and did not settle it.
        var isSuspect = false
    }

    enum Fetch {
        case jobs([Waiting])
        /// Nothing is there; more may be when the stream ends, or after the duration.
        case wait(AsyncStream<Never>, Duration?)
        case end
    }

    func fetch(upTo limit: Int) -> Fetch {
        let now = wallClock()
        return state.withLock { state in
            state.promoteDelayed(at: now)
            guard !state.waiting.isEmpty else {
                if state.isFinished, state.delayed.isEmpty { return .end }
                let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
                state.readers.append(continuation)
                return .wait(stream, state.delayed.map { now.duration(to: $0.due) }.min())
            }
            let jobs = Array(state.waiting.prefix(limit))
            state.waiting.removeFirst(jobs.count)
            for job in jobs { state.fetched[job.identity] = job }
            state.wakeWriters()
            return .jobs(jobs)
        }
    }

    func wakeReaders() {
        state.withLock { $0.wakeReaders() }
    }

    func settle(_ identities: [UInt64], _ outcomes: [Outcome]) {
        let now = wallClock()
        state.withLock { state in
            for (identity, outcome) in zip(identities, outcomes) {
                guard let job = state.fetched.removeValue(forKey: identity) else { continue }
                switch outcome {
                case .done, .expired, .superseded, .duplicate: break
                case .retry(let pause, _):
                    var job = job
                    job.attempt += 1
                    job.firstFailedAt = job.firstFailedAt ?? now
                    state.delay(job, until: now + pause)
                case .handedBack:
                    state.waiting.append(job)
                    state.waiting.sort { $0.identity < $1.identity }
                case .snooze(let until):
                    state.delay(job, until: until)
                case .pause(let pause):
                    state.delay(job, until: now + pause)
                case .deadLetter(let cause):
                    let letter = DeadLetter(event: job.event, cause: cause)
                    state.letters.append(Letter(identity: identity, failedAt: now, letter: letter))
                }
            }
            state.wakeReaders()
        }
    }

    /// Puts jobs back where they were among those that wait.
    ///
    /// When a batch had them already, whoever had that may have died of them.
    func giveBack(_ identities: [UInt64], isHandedOut: Bool) {
        state.withLock { state in
            for identity in identities {
                guard var job = state.fetched.removeValue(forKey: identity) else { continue }
                job.isSuspect = isHandedOut
                state.waiting.append(job)
            }
            state.waiting.sort { $0.identity < $1.identity }
            state.wakeReaders()
        }
    }

    struct Letter {
        let identity: UInt64
        let failedAt: WallTime
        let letter: DeadLetter
    }

    private enum Addition {
        case added
        case finished
        case wait(AsyncStream<Never>)
    }

    private struct State {
        var waiting: [Waiting] = []
        var fetched: [UInt64: Waiting] = [:]
        var delayed: [(due: WallTime, job: Waiting)] = []
        var letters: [Letter] = []
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
            append(event)
            return .added
        }

        mutating func append(_ event: [UInt8]) {
            lastIdentity += 1
            waiting.append(Waiting(identity: lastIdentity, event: event))
            wakeReaders()
        }

        mutating func delay(_ job: Waiting, until due: WallTime) {
            var job = job
            job.isSuspect = false
            lastIdentity += 1
            job.identity = lastIdentity
            delayed.append((due, job))
        }

        /// What is due stands behind all that waits already.
        mutating func promoteDelayed(at now: WallTime) {
            let due = delayed.filter { $0.due <= now }.sorted { $0.due < $1.due }
            delayed.removeAll { $0.due <= now }
            for (_, var job) in due {
                lastIdentity += 1
                job.identity = lastIdentity
                waiting.append(job)
            }
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
