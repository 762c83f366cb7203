/// Who must act: nobody (debug, info), somebody some day (warning), somebody now (error).
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// For who follows a single job.
    case debug
    /// What an operator wants to have read afterwards.
    case info
    /// Something that mends itself, or should not have been asked for.
    case warning
    /// Something that does not mend itself.
    case error

    /// The level of that name; nil when there is none.
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// The name in configuration and log lines.
    public var name: String { "\(self)" }

    /// A level that fewer people must read is less.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
