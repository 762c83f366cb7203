/// Why the schedule did not do what it was asked for.
public struct ScheduleError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of the fault.
    public enum Code: Sendable, Equatable {
        /// The server is away, or cannot take anything for now: the same call may succeed later.
        case unavailable
        /// There is no entry of that name.
        case notFound
        /// The entry belongs to a configuration file, or to the program: change it there, or pause
        /// it.
        case notDynamic
        /// The server refused, and will again.
        case refused
    }

    /// The class of the fault.
    public let code: Code
    /// What happened, a sentence.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }

    /// Whether the same call may succeed later.
    public var isRetriable: Bool { code == .unavailable }

    /// The answer where there is no such entry.
    public static func notFound(_ name: String) -> ScheduleError {
        ScheduleError(.notFound, "there is no entry \(name) in the schedule")
    }

    /// The answer where the entry is not for anybody to change.
    public static func notDynamic(_ name: String) -> ScheduleError {
        ScheduleError(
            .notDynamic,
            "\(name) comes from a configuration file or the program: change it there, or pause it"
        )
    }

    /// The answer where too much waits for the broker.
    public static let full = ScheduleError(
        .unavailable,
        "too many events wait for RabbitMQ: try again when it has taken them"
    )
}
