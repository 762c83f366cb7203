import Telemetry

/// One line of an entry's history: a firing and what became of it.
public struct ScheduleRun: Sendable, Equatable {
    /// Why it was fired.
    public enum Cause: String, Sendable, CaseIterable {
        /// Its time had come.
        case due
        /// Its time had passed, and it was caught up.
        case caughtUp = "caught-up"
        /// Somebody asked for it.
        case manual
    }

    /// What became of it.
    public enum State: Sendable, Equatable {
        /// It was left out, since a run was under way.
        case skipped
        /// It waits until a run has ended.
        case waiting
        /// Its event was enqueued, and nobody has told what became of it.
        case enqueued
        /// Its event was settled, or will be tried again: a word of ``Outcome``.
        case settled(outcome: String, at: WallTime)
    }

    /// How many lines of an entry are kept.
    public static let maxCount = 50

    /// When it should be by the timetable.
    public var instant: WallTime
    /// When it was fired, by the clock of the server.
    public var firedAt: WallTime
    /// Why.
    public var cause: Cause
    /// What became of it.
    public var state: State

    /// A line from its parts.
    public init(instant: WallTime, firedAt: WallTime, cause: Cause, state: State) {
        self.instant = instant
        self.firedAt = firedAt
        self.cause = cause
        self.state = state
    }

    /// How much later than it should.
    public var delay: Duration { instant.duration(to: firedAt) }

    /// What became of it, in a word.
    public var word: String {
        switch state {
        case .skipped: "skipped"
        case .waiting: "waiting"
        case .enqueued: "enqueued"
        case .settled(let outcome, _): outcome
        }
    }
}
