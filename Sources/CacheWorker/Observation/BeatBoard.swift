import Jobs
import Synchronization

/// How the beat of this process is doing, by what it told last.
final class BeatBoard: Sendable {
    private let state = Mutex(State())

    private struct State {
        var failure: ScheduleError?
        var publishFailure: SourceError?
    }

    /// Notes what a beat told.
    func note(_ event: BeatEvent) {
        state.withLock { state in
            switch event {
            case .looked: state.failure = nil
            case .failed(let error): state.failure = error
            case .published: state.publishFailure = nil
            case .notPublished(let error): state.publishFailure = error
            case .fired: break
            }
        }
    }

    /// A line for what keeps entries from being fired, and for what keeps their events from
    /// RabbitMQ.
    var problems: [String] {
        let state = state.withLock(\.self)
        var problems: [String] = []
        if let error = state.failure { problems.append("schedule: nothing is fired: \(error)") }
        if let error = state.publishFailure {
            problems.append("schedule: RabbitMQ does not take events: \(error)")
        }
        return problems
    }
}
