import Jobs
import Telemetry

/// `cacheworker schedule …`.
struct ScheduleCommand: Sendable, Equatable {
    /// What is done.
    enum Action: Sendable, Equatable {
        /// Tells when an expression fires, with no server.
        case forecast(CronForecast)
    }

    /// What is done.
    let action: Action
    /// Whether JSON is wanted.
    let isJSON: Bool
}

/// A question about an expression: when it fires.
struct CronForecast: Sendable, Equatable {
    /// The expression, unchecked.
    let expression: String
    /// The name of its zone, unchecked.
    let zone: String
    /// How the expression is to be understood.
    let rules: Timetable.Rules
    /// The name of the entry, which `H` goes by.
    let name: String?
    /// Which firings are asked for.
    let range: ForecastRange
}

/// Which firings are asked for.
struct ForecastRange: Sendable, Equatable {
    /// The moment that they follow; nil: now.
    let from: WallTime?
    /// How many at most.
    let count: Int
    /// Whether those before the moment are meant, the last one first.
    let isBackwards: Bool
}
