/// Tells when a source is alive, connected and takes nothing: a pure function of what it saw.
///
/// A queue has stalled when look after look, for the whole of the time-out, jobs waited in it, this
/// source would have taken one, and none came. A broker gives what waits to whoever has room, so
/// however many workers share the queue, and however much the others take, one that has room gets
/// its part within a moment.
///
///     flowing ─time-out▶ consumer ─time-out▶ connection ─time-out▶ exit
///        ▲                  │                    │
///        └──── a job ───────┴────────────────────┘
///
/// One look that saw otherwise, or nothing since the server was away, begins the time anew, as does
/// a pause between two looks: a process that was stopped, or a server that was, has not looked.
/// What was done last is remembered until a job comes, however long that takes.
struct StallDetector {
    /// So many looks fit into the time-out.
    static let looksPerTimeout = 6

    /// What a look came to.
    struct Finding: Equatable {
        /// The queues where no jobs come, each with what is to be done now.
        var stalls: [Stall] = []
        /// The queues where jobs come again, or where nothing waits any more.
        var recovered: [String] = []
    }

    /// A queue where no jobs come.
    struct Stall: Equatable {
        let queue: String
        let action: StallAction
    }

    private struct Queue {
        var progress: JobFlow.Progress
        /// Since when every look found a job waiting, room for it, and none that came.
        var suspectSince: ContinuousClock.Instant?
        /// What was done last; nil when jobs have come since.
        var lastAction: StallAction?
        /// Whether the stall has been told, and not yet that it is over.
        var isTold = false
    }

    /// The longest time between two looks that belong together.
    private let maxGap: Duration
    private let timeout: Duration
    private var queues: [String: Queue] = [:]
    private var lastLook: ContinuousClock.Instant?

    init(timeout: Duration) {
        self.timeout = timeout
        maxGap = timeout / Self.looksPerTimeout * 2
    }

    /// How long to wait between two looks.
    var interval: Duration { timeout / Self.looksPerTimeout }

    /// What the flows of a look that ended at `now` come to.
    mutating func look(_ flows: [JobFlow], at now: ContinuousClock.Instant) -> Finding {
        if let lastLook, lastLook.duration(to: now) > maxGap { forgetSuspicions() }
        lastLook = now
        let seen = Set(flows.map(\.queue))
        for name in queues.keys where !seen.contains(name) { queues[name]?.suspectSince = nil }
        var finding = Finding()
        for flow in flows { look(flow, at: now, &finding) }
        // New connections are a new beginning for all queues that share them.
        if finding.stalls.contains(where: { $0.action == .connection }) { forgetSuspicions() }
        return finding
    }

    private mutating func look(
        _ flow: JobFlow,
        at now: ContinuousClock.Instant,
        _ finding: inout Finding
    ) {
        var queue = queues[flow.queue] ?? Queue(progress: flow.progress)
        defer { queues[flow.queue] = queue }
        let hasMoved = flow.progress != queue.progress && flow.progress.jobs > 0
        queue.progress = flow.progress
        if hasMoved { queue.lastAction = nil }
        guard flow.hasWork, !hasMoved else {
            queue.suspectSince = nil
            if queue.isTold { finding.recovered.append(flow.queue) }
            queue.isTold = false
            return
        }
        guard flow.hasCredit else {
            queue.suspectSince = nil
            return
        }
        let since = queue.suspectSince ?? now
        queue.suspectSince = since
        guard since.duration(to: now) >= timeout else { return }
        let action = queue.lastAction?.next ?? .consumer
        finding.stalls.append(Stall(queue: flow.queue, action: action))
        queue.lastAction = action
        queue.suspectSince = nil
        queue.isTold = true
    }

    /// Whatever was seen before says nothing about what comes.
    private mutating func forgetSuspicions() {
        for name in queues.keys { queues[name]?.suspectSince = nil }
    }
}
