import Jobs
import Synchronization

/// How the beat of this process is doing, by what it told last.
final class BeatBoard: Sendable {
    /// What a beat saw when it looked last.
    struct Look: Sendable {
        let sight: ScheduleSight
        /// How far the clock of this process is ahead.
        let skew: Duration
    }

    private let state = Mutex(State())

    private struct State {
        var look: Look?
        var failure: ScheduleError?
        var publishFailure: SourceError?
    }

    /// Notes what a beat told.
    func note(_ event: BeatEvent) {
        state.withLock { state in
            switch event {
            case .looked(let sight, let skew):
                state.failure = nil
                state.look = Look(sight: sight, skew: skew)
            case .failed(let error): state.failure = error
            case .published: state.publishFailure = nil
            case .notPublished(let error): state.publishFailure = error
            case .fired: break
            }
        }
    }

    /// The last look; nil before the first.
    var look: Look? { state.withLock { $0.look } }

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
