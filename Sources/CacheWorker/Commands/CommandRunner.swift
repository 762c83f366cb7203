import Glibc
import Telemetry

/// What every command with a configuration does first and last.
enum CommandRunner {
    /// Reads the configuration, builds the parts and hands them to `body`; tells what went wrong.
    ///
    /// A command that a person waits for says itself how it ended, so its log tells errors only,
    /// unless it is asked to tell everything.
    static func run(
        _ settings: SettingArguments,
        isService: Bool = false,
        _ body: (Assembly, LineLog) async throws(StartError) -> ExitStatus
    ) async -> ExitStatus {
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration.load(settings, on: .current)
        } catch {
            HostSystem.writeToStandardError("\(error)\n")
            return error.exitStatus
        }
        let log = LineLog(
            descriptor: STDERR_FILENO,
            format: configuration.logFormat,
            level: isService || configuration.logLevel == .debug ? configuration.logLevel : .error
        )
        let logger = Logger(log).with(["node": .string(configuration.nodeID)])
        do throws(StartError) {
            return try await body(try Assembly(configuration, logger: logger), log)
        } catch {
            log.flush()
            HostSystem.writeToStandardError("cacheworker: \(error)\n")
            return error.status
        }
    }
}
