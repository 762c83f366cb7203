import Jobs
import Telemetry

/// `cacheworker schedule …`.
struct ScheduleCommand: Sendable, Equatable {
    /// What is done.
    enum Action: Sendable, Equatable {
        /// Tells when an expression fires, with no server.
        case forecast(CronForecast)
        /// Lists all entries.
        case list
        /// Tells when these entries fire, or all that do.
        case next([String], ForecastRange)
        /// Tells the last firings of an entry.
        case history(String, limit: Int)
        /// Fires an entry now.
        case run(String)
        /// Lets an entry not fire.
        case pause(String, SchedulePause)
        /// Lets an entry fire again.
        case resume(String)
        /// Makes a dynamic entry, or gives it another definition.
        case set(EntrySource)
        /// Removes a dynamic entry.
        case delete(String)
    }

    /// Where the configuration comes from.
    let settings: SettingArguments
    /// What is done.
    let action: Action
    /// Whether JSON is wanted.
    let isJSON: Bool
}

/// Who pauses an entry, and why.
struct SchedulePause: Sendable, Equatable {
    /// As said; nil: the user of the command.
    let by: String?
    /// May be empty.
    let reason: String
}

/// Where the definition of an entry comes from.
enum EntrySource: Sendable, Equatable {
    /// JSON text of the command line.
    case json(String)
    /// A file.
    case file(String)
    /// Standard input.
    case standardInput
    /// Options, one for each member: JSON text, unchecked.
    case members([EntryMember])
}

/// A member of a definition, given by an option.
struct EntryMember: Sendable, Equatable {
    /// The option: `--jitter`.
    let option: String
    /// The member: `jitter`.
    let name: String
    /// Its value as JSON text, unchecked.
    let json: String
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
