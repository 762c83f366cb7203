/// Writes constant messages with data in fields, so that lines can be counted and searched.
public struct Logger: Sendable {
    private let sink: any LogSink
    private let context: [LogRecord.Field]

    /// A logger whose lines have no fields of their own.
    public init(_ sink: any LogSink) {
        self.sink = sink
        context = []
    }

    private init(_ sink: any LogSink, _ context: [LogRecord.Field]) {
        self.sink = sink
        self.context = context
    }

    /// A logger that begins every line with `fields`.
    public func with(_ fields: KeyValuePairs<String, LogValue>) -> Logger {
        Logger(sink, context + Self.list(fields))
    }

    /// For who follows a single job.
    public func debug(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.debug, message, fields)
    }

    /// For who reads it afterwards.
    public func info(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.info, message, fields)
    }

    /// For who looks after the service, some day.
    public func warning(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.warning, message, fields)
    }

    /// For who looks after the service, now.
    public func error(_ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        log(.error, message, fields)
    }

    private func log(
        _ level: LogLevel,
        _ message: StaticString,
        _ fields: KeyValuePairs<String, LogValue>
    ) {
        guard level >= sink.level else { return }
        let fields = context + Self.list(fields)
        sink.write(LogRecord(level: level, message: "\(message)", fields: fields))
    }

    private static func list(_ fields: KeyValuePairs<String, LogValue>) -> [LogRecord.Field] {
        fields.map { LogRecord.Field(name: $0.key, value: $0.value) }
    }
}
