import Jobs
import Synchronization

/// The steps that wait for what all jobs need, and are tried again in place.
final class WaitBoard: Sendable {
    /// A wait that is over sooner is none that anybody should act on.
    static let patience = Duration.seconds(1)

    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex<[String: Wait]>([:])

    private struct Wait {
        /// How many steps of the source wait: each of its lanes may have some.
        var steps = 0
        var since: ContinuousClock.Instant
        var reason: String
    }

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// A step of the source begins to wait, or is tried again; the reason is the newest.
    func note(_ incident: WorkerIncident) {
        switch incident {
        case .batchNotSettled: break
        case .stepRetried(let source, let reason, let isFirst):
            state.withLock { waits in
                var wait = waits[source] ?? Wait(since: now(), reason: reason)
                wait.reason = reason
                if isFirst { wait.steps += 1 }
                waits[source] = wait
            }
        case .stepWentOn(let source):
            state.withLock { waits in
                waits[source]?.steps -= 1
                if waits[source]?.steps == 0 { waits[source] = nil }
            }
        }
    }

    /// A line for each source.
    var problems: [String] {
        let now = now()
        return state.withLock { waits in
            waits.filter { $0.value.since.duration(to: now) >= Self.patience }
                .map { "\($0) jobs: they wait for what all need: \($1.reason)" }
                .sorted()
        }
    }
}
