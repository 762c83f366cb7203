/// Who must act: nobody (debug, info), somebody some day (warning), somebody now (error).
public enum LogLevel: String, Sendable, Comparable, CaseIterable {
    case debug
    case info
    case warning
    case error

    /// Orders by who must act, nobody first.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.order < right.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// One value of a log line.
public enum LogValue: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case string(String)
    case integer(Int)
    case number(Double)
    case list([String])

    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }

    /// A count.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// Whatever describes itself: an error, an endpoint.
    public static func description(of value: some Any) -> LogValue { .string("\(value)") }

    /// A duration in seconds.
    public static func seconds(_ duration: Duration) -> LogValue {
        .number(
            Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        )
    }
}

/// One log line before it has a format.
public struct LogRecord: Sendable, Equatable {
    /// Who must act.
    public let level: LogLevel
    /// A constant of the program.
    public let message: String
    /// What the message is about, in the order of writing.
    public let fields: [LogField]

    /// A name and a value; lines keep their order.
    public struct LogField: Sendable, Equatable {
        /// The name, without blanks.
        public let name: String
        /// What is known about it.
        public let value: LogValue
    }
}

/// Where log records go.
///
/// Called on any thread, often on an event loop: it must not block.
public protocol LogSink: Sendable {
    /// The least level worth a record; asked before one is made.
    var level: LogLevel { get }
    /// Takes a record of at least `level`.
    func write(_ record: LogRecord)
}

/// Writes constant messages with data in fields, so that lines can be counted and searched.
public struct Logger: Sendable {
    private let sink: any LogSink
    private let context: [LogRecord.LogField]

    /// A logger without context.
    public init(_ sink: any LogSink) {
        self.sink = sink
        context = []
    }

    private init(_ sink: any LogSink, _ context: [LogRecord.LogField]) {
        self.sink = sink
        self.context = context
    }

    /// A logger that adds `fields` to every line.
    public func with(_ fields: KeyValuePairs<String, LogValue>) -> Logger {
        Logger(sink, context + Self.list(fields))
    }

    /// Says what helps to find a fault.
    public func debug(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.debug, message, fields)
    }

    /// Says what an operator may want to know and need not act on.
    public func info(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.info, message, fields)
    }

    /// Says what somebody must look at some day.
    public func warning(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.warning, message, fields)
    }

    /// Says what somebody must look at now.
    public func error(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.error, message, fields)
    }

    private func log(
        _ level: LogLevel,
        _ message: StaticString,
        _ fields: KeyValuePairs<String, LogValue>
    ) {
        guard level >= sink.level else { return }
        sink.write(
            LogRecord(
                level: level,
                message: "\(message)",
                fields: context + Self.list(fields)
            )
        )
    }

    private static func list(_ fields: KeyValuePairs<String, LogValue>) -> [LogRecord.LogField] {
        fields.map { LogRecord.LogField(name: $0.key, value: $0.value) }
    }
}

/// Drops everything: for library users and tests that look elsewhere.
public struct SilentLog: LogSink {
    /// The highest, so that few records are made.
    public let level = LogLevel.error

    /// Drops everything.
    public init() {}

    /// Drops the record.
    public func write(_ record: LogRecord) {}
}
