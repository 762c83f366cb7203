import Jobs
import Synchronization

/// The queues that no jobs come from although some wait.
final class StallBoard: Sendable {
    private let state = Mutex(State())

    private struct State {
        var stalls: [Queue: StallAction] = [:]
        var hasGivenUp = false
    }

    private struct Queue: Hashable {
        let source: String
        let queue: String
    }

    /// Notes what a watchdog told.
    func note(_ event: StallEvent) {
        state.withLock { state in
            switch event {
            case .stalled(let source, let queue, let action):
                state.stalls[Queue(source: source, queue: queue)] = action
                if action == .exit { state.hasGivenUp = true }
            case .recovered(let source, let queue):
                state.stalls[Queue(source: source, queue: queue)] = nil
            }
        }
    }

    /// Whether only a new process can help.
    var hasGivenUp: Bool { state.withLock { $0.hasGivenUp } }

    /// A line for each queue.
    var problems: [String] {
        let stalls = state.withLock { $0.stalls }
        return
            stalls.map { key, action in
                let measure =
                    switch action {
                    case .consumer: "the consumer was made anew"
                    case .connection: "the connection was made anew"
                    case .exit: "the process ends"
                    }
                return "\(key.source) \(key.queue): no jobs come though some wait, \(measure)"
            }
            .sorted()
    }
}
