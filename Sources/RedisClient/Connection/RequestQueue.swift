import Telemetry

/// Who waits for a reply and who waits for a place, as a pure machine: events in, decisions out.
///
/// Redis answers in the order of the requests, so the calls in flight are a queue, and so are those
/// that wait until the calls in flight are fewer or the link is open again.
struct RequestQueue<Call> {
    /// How much may be in flight or wait; one pipeline beyond the limit passes when it is alone.
    struct Limits {
        var commands: Int
        var bytes: Int
        var waiting: Int
    }

    /// What a call costs and how long it may take.
    struct Request {
        /// Rises from request to request.
        let id: UInt64
        let commands: Int
        let bytes: Int
        /// From the write to the last reply.
        let timeout: Duration
    }

    enum Admission: Equatable {
        /// It is in flight now: write it.
        case write
        /// `nextToWrite` will give it.
        case wait
        /// The queue is full.
        case refuse
    }

    enum ReplyTarget {
        /// The first call in flight needs more replies.
        case incomplete
        /// This call has all its replies.
        case completed(Call)
        /// Nothing is in flight.
        case nobody
    }

    private struct Entry {
        /// Nil: cancelled, only its place in the queue is left.
        var call: Call?
        let request: Request
        var remaining: Int
        private var packedDeadline: PackedInstant

        init(call: Call, request: Request, deadline: ContinuousClock.Instant) {
            self.call = call
            self.request = request
            remaining = request.commands
            packedDeadline = PackedInstant(deadline)
        }

        var deadline: ContinuousClock.Instant {
            get { packedDeadline.instant }
            set { packedDeadline = PackedInstant(newValue) }
        }
    }

    private let limits: Limits
    private var inFlight = FIFO<Entry>()
    private var waiting = FIFO<Entry>()
    private(set) var commandsInFlight = 0
    private var bytesInFlight = 0
    /// Whether calls may be written.
    private(set) var isOpen = false
    private var packedEarliestDeadline: PackedInstant?

    init(limits: Limits) { self.limits = limits }

    /// No call is overdue before this; nil when none can be.
    private(set) var earliestDeadline: ContinuousClock.Instant? {
        get { packedEarliestDeadline?.instant }
        set { packedEarliestDeadline = newValue.map(PackedInstant.init) }
    }

    var hasInFlight: Bool { !inFlight.isEmpty }

    /// Those cancelled while they waited are counted until their turn comes.
    var waitingCount: Int { waiting.count }

    /// `patience` is how long the call may wait for its turn.
    mutating func submit(
        _ call: Call,
        _ request: Request,
        patience: Duration,
        at now: ContinuousClock.Instant
    ) -> Admission {
        var entry = Entry(call: call, request: request, deadline: now + patience)
        if isOpen, waiting.isEmpty, hasRoom(for: request) {
            entry.deadline = now + request.timeout
            send(entry)
            return .write
        }
        guard waiting.count < limits.waiting else { return .refuse }
        noteDeadline(entry.deadline)
        waiting.append(entry)
        return .wait
    }

    /// The next waiting call that may go; it is in flight then.
    mutating func nextToWrite(at now: ContinuousClock.Instant) -> Call? {
        while isOpen, var entry = waiting.first {
            guard let call = entry.call else {
                waiting.popFirst()
                continue
            }
            guard hasRoom(for: entry.request) else { return nil }
            waiting.popFirst()
            entry.deadline = now + entry.request.timeout
            send(entry)
            return call
        }
        return nil
    }

    mutating func replyReceived() -> ReplyTarget {
        guard let remaining = inFlight.first?.remaining else { return .nobody }
        commandsInFlight -= 1
        guard remaining == 1, let entry = inFlight.popFirst(), let call = entry.call else {
            inFlight[0]?.remaining = remaining - 1
            return .incomplete
        }
        bytesInFlight -= entry.request.bytes
        if inFlight.isEmpty, waiting.isEmpty { earliestDeadline = nil }
        return .completed(call)
    }

    /// Finds the call of a cancelled task.
    ///
    /// One that waited is gone then; one in flight stays, since its replies will come.
    mutating func cancel(_ id: UInt64) -> (call: Call, wasInFlight: Bool)? {
        if let offset = Self.offset(of: id, in: waiting) {
            guard let call = waiting[offset]?.call else { return nil }
            waiting[offset]?.call = nil
            return (call, wasInFlight: false)
        }
        guard let offset = Self.offset(of: id, in: inFlight) else { return nil }
        return inFlight[offset]?.call.map { ($0, wasInFlight: true) }
    }

    /// Ids rise along both queues.
    private static func offset(of id: UInt64, in queue: FIFO<Entry>) -> Int? {
        var range = 0..<queue.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            guard let candidate = queue[middle]?.request.id else { return nil }
            if candidate == id { return middle }
            range = candidate < id ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    // MARK: The link

    /// Lets calls be written.
    mutating func open() { isOpen = true }

    /// Lets those in flight finish but no other be written.
    mutating func pause() { isOpen = false }

    /// Gives up the calls in flight; those that wait have until `patience` from now.
    mutating func close(
        patience: Duration,
        at now: ContinuousClock.Instant
    ) -> [Call] {
        isOpen = false
        commandsInFlight = 0
        bytesInFlight = 0
        let lost = inFlight.removeAll().compactMap(\.call)
        for offset in 0..<waiting.count {
            guard let deadline = waiting[offset]?.deadline else { continue }
            waiting[offset]?.deadline = min(deadline, now + patience)
        }
        recomputeEarliestDeadline()
        return lost
    }

    /// Gives up the calls that wait.
    mutating func removeAllWaiting() -> [Call] {
        defer { recomputeEarliestDeadline() }
        return waiting.removeAll().compactMap(\.call)
    }

    // MARK: Deadlines

    /// The waiting calls whose patience has ended.
    mutating func takeExpired(at now: ContinuousClock.Instant) -> [Call] {
        var expired: [Call] = []
        for offset in 0..<waiting.count {
            guard let entry = waiting[offset], entry.deadline <= now else { continue }
            if let call = entry.call { expired.append(call) }
            waiting[offset]?.call = nil
        }
        while let first = waiting.first, first.call == nil { waiting.popFirst() }
        recomputeEarliestDeadline()
        return expired
    }

    /// Whether a call in flight is late: its replies, and all behind them, cannot be told apart any
    /// more once somebody has stopped waiting, so the connection must go.
    func isOverdue(at now: ContinuousClock.Instant) -> Bool {
        (0..<inFlight.count).contains { (inFlight[$0]?.deadline ?? now + .seconds(1)) <= now }
    }

    private mutating func send(_ entry: Entry) {
        noteDeadline(entry.deadline)
        commandsInFlight += entry.request.commands
        bytesInFlight += entry.request.bytes
        inFlight.append(entry)
    }

    private func hasRoom(for request: Request) -> Bool {
        inFlight.isEmpty
            || commandsInFlight + request.commands <= limits.commands
                && bytesInFlight + request.bytes <= limits.bytes
    }

    private mutating func noteDeadline(_ deadline: ContinuousClock.Instant) {
        earliestDeadline = min(deadline, earliestDeadline ?? deadline)
    }

    private mutating func recomputeEarliestDeadline() {
        earliestDeadline = nil
        for queue in [inFlight, waiting] {
            for offset in 0..<queue.count {
                if let entry = queue[offset], entry.call != nil { noteDeadline(entry.deadline) }
            }
        }
    }
}
