import Synchronization

/// Whether the process lives and whether it can work, as last seen from the event loop.
///
/// Asked on the thread of the HTTP server, which answers even when the loop does not turn.
final class Health: Sendable {
    /// A loop that was silent for longer is stuck: nothing on it may block, so it never takes
    /// more than some milliseconds.
    static let maxBeatAge = Duration.seconds(10)

    private let coherenceProblem: @Sendable () -> String?
    private let watchProblem: @Sendable () -> String?
    private let stalls: StallBoard
    private let waits: WaitBoard
    private let beats: BeatBoard
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var lastBeat: ContinuousClock.Instant
        var isDraining = false
        var connections: [ConnectionReport]?
    }

    /// `coherenceProblem` tells why local copies may not be served, `watchProblem` why those
    /// under watched prefixes may not; both are asked on any thread.
    init(
        coherenceProblem: @escaping @Sendable () -> String?,
        watchProblem: @escaping @Sendable () -> String? = { nil },
        stalls: StallBoard = StallBoard(),
        waits: WaitBoard = WaitBoard(),
        beats: BeatBoard = BeatBoard(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.coherenceProblem = coherenceProblem
        self.watchProblem = watchProblem
        self.stalls = stalls
        self.waits = waits
        self.beats = beats
        self.now = now
        state = Mutex(State(lastBeat: now()))
    }

    /// The loop turns, and this is how its connections are.
    func beat(_ connections: [ConnectionReport]) {
        state.withLock { state in
            state.lastBeat = now()
            state.connections = connections
        }
    }

    /// No new jobs are taken from now on.
    func startDraining() { state.withLock { $0.isDraining = true } }

    /// How long ago the loop was last seen to turn.
    var beatAge: Duration { state.withLock { $0.lastBeat.duration(to: now()) } }

    /// Whether the loop turns.
    var isAlive: Bool { beatAge <= Self.maxBeatAge }

    /// The connections as they were at the last beat.
    var connections: [ConnectionReport] { state.withLock { $0.connections ?? [] } }

    /// Why no work can be done, a line for each reason; empty when the process is ready.
    var problems: [String] {
        let (isDraining, connections) = state.withLock { ($0.isDraining, $0.connections) }
        var problems: [String] = []
        if isDraining { problems.append("draining: no new jobs are taken") }
        if !isAlive { problems.append("event loop: it has not turned for \(beatAge)") }
        if connections == nil { problems.append("starting: no connection was looked at yet") }
        for connection in connections ?? [] {
            guard let problem = connection.problem else { continue }
            problems.append("\(connection.server) \(connection.role): \(problem)")
        }
        problems += stalls.problems + waits.problems + beats.problems
        if let problem = coherenceProblem() {
            problems.append("coherence: \(problem), local copies are not served")
        }
        if let problem = watchProblem() {
            problems.append("watched prefixes: \(problem); copies under them are not served")
        }
        return problems
    }
}
