/// A place where log records go.
///
/// Called on any thread, often on an event loop, so it must not block.
public protocol LogSink: Sendable {
    /// The least level worth a record; asked before one is made.
    var level: LogLevel { get }
    /// Takes the record; what cannot be taken is dropped and counted.
    func write(_ record: LogRecord)
}

/// Drops everything: for users of the library who have no log.
public struct SilentLog: LogSink {
    /// Nothing below an error is even made.
    public let level = LogLevel.error

    /// A log that says nothing.
    public init() {}

    /// Drops the record.
    public func write(_ record: LogRecord) {}
}
