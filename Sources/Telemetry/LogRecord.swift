/// One log line before it has a format.
public struct LogRecord: Sendable, Equatable {
    /// A name and a value; lines keep their order.
    public struct Field: Sendable, Equatable {
        /// The same name always means the same thing.
        public let name: String
        /// What it is this time.
        public let value: LogValue
    }

    /// Who must act.
    public let level: LogLevel
    /// A constant sentence: what happened, without what it happened to.
    public let message: String
    /// What it happened to.
    public let fields: [Field]
}

/// One value of a log line.
public enum LogValue: Sendable, Equatable {
    /// Text.
    case string(String)
    /// A count, a size, a number that names something.
    case integer(Int)
    /// A measure.
    case number(Double)

    /// Whatever describes itself: an error, an endpoint.
    public static func description(of value: some Any) -> LogValue { .string("\(value)") }

    /// A duration in seconds.
    public static func seconds(_ duration: Duration) -> LogValue { .number(duration / .seconds(1)) }
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// Text as it stands.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number as it stands.
    public init(integerLiteral value: Int) { self = .integer(value) }
}
