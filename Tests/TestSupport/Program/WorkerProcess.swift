/// One `cacheworker run` as a child process, known by what it logs.
public final class WorkerProcess: Sendable {
    /// The process itself.
    public let process: ChildProcess

    /// Starts it; nothing has been logged yet.
    ///
    /// `wrapper` is a command that runs the one behind it, such as `taskset -c 0`.
    public init(
        settings: [String: String],
        _ arguments: [String] = [],
        wrapper: [String] = [],
        keepsInputOpen: Bool = false
    ) throws {
        let words = wrapper + [try Executable.built("cacheworker"), "run"] + arguments
        process = try ChildProcess(
            words[0],
            Array(words.dropFirst()),
            environment: settings,
            keepsInputOpen: keepsInputOpen
        )
    }

    /// Everything it has logged, line by line.
    public var log: [LogLine] { LogLine.lines(of: process.errors) }

    /// The lines with this message.
    public func lines(_ message: String) -> [LogLine] { log.filter { $0.message == message } }

    /// Waits for a line with this message that `matches`.
    @discardableResult
    public func logged(
        _ message: String,
        within limit: Duration = .seconds(60),
        _ matches: (LogLine) -> Bool = { _ in true }
    ) async throws -> LogLine {
        try await eventualValue("the worker logs \"\(message)\"", within: limit) {
            lines(message).first(where: matches)
        }
    }

    /// The most memory it ever had, in bytes.
    public var peakMemory: Int {
        get throws { try ProcessStatus(processIdentifier: process.processIdentifier).peakMemory }
    }
}
