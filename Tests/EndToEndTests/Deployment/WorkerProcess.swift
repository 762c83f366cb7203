import TestSupport

/// One `cacheworker run` as a child process, known by what it logs.
final class WorkerProcess: Sendable {
    let process: ChildProcess

    /// Starts it; nothing has been logged yet.
    init(
        settings: [String: String],
        _ arguments: [String] = [],
        keepsInputOpen: Bool = false
    ) throws {
        process = try ChildProcess(
            try Executable.built("cacheworker"),
            ["run"] + arguments,
            environment: settings,
            keepsInputOpen: keepsInputOpen
        )
    }

    /// Everything it has logged, line by line.
    var log: [LogLine] { LogLine.lines(of: process.errors) }

    /// The lines with this message.
    func lines(_ message: String) -> [LogLine] { log.filter { $0.message == message } }

    /// Waits for a line with this message that `matches`.
    @discardableResult
    func logged(
        _ message: String,
        within limit: Duration = .seconds(60),
        _ matches: (LogLine) -> Bool = { _ in true }
    ) async throws -> LogLine {
        try await eventualValue("the worker logs \"\(message)\"", within: limit) {
            lines(message).first(where: matches)
        }
    }

    /// The most memory it ever had, in bytes.
    var peakMemory: Int {
        get throws { try ProcessStatus(processIdentifier: process.processIdentifier).peakMemory }
    }
}
