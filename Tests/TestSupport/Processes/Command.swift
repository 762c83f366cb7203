/// One run of a program to its end, for tools that look at the service from outside.
public struct Command: Sendable {
    /// How it ended.
    public let exit: ChildProcess.Exit
    /// All it wrote to standard output.
    public let output: String
    /// All it wrote to standard error.
    public let errors: String

    /// Runs a program and waits until it ends.
    public static func run(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: String? = nil
    ) async throws -> Command {
        let child = try ChildProcess(
            executable,
            arguments,
            environment: environment,
            keepsInputOpen: input != nil
        )
        if let input { try child.write(input) }
        child.closeInput()
        let exit = await child.waitForExit()
        return Command(exit: exit, output: child.output, errors: child.errors)
    }

    /// As `run`, for a program whose failure is the test's failure.
    ///
    /// - Throws: `CommandFailure` unless it ended with status 0.
    public static func output(
        of executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: String? = nil
    ) async throws -> String {
        let run = try await run(executable, arguments, environment: environment, input: input)
        guard run.exit == .status(0) else {
            throw CommandFailure(executable: executable, arguments: arguments, command: run)
        }
        return run.output
    }
}

/// A program ended otherwise than with status 0.
public struct CommandFailure: Error, CustomStringConvertible {
    /// The program.
    public let executable: String
    /// Its arguments.
    public let arguments: [String]
    /// How it went.
    public let command: Command

    /// The call, the end and what it said.
    public var description: String {
        "\(executable) \(arguments.joined(separator: " ")): \(command.exit)\n\(command.errors)"
    }
}
