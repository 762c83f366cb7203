extension RunCommand: CommandAction {
    func run() async -> ExitStatus { ConfigurationCheck.status(of: settings) }
}

extension PublishCommand: CommandAction {
    func run() async -> ExitStatus { ConfigurationCheck.status(of: settings) }
}

extension CacheCommand: CommandAction {
    func run() async -> ExitStatus { ConfigurationCheck.status(of: settings) }
}

/// Reads the configuration of a command and tells what is wrong with it.
private enum ConfigurationCheck: Sendable {
    static func status(of settings: SettingArguments) -> ExitStatus {
        do {
            _ = try Configuration.load(settings, on: .current)
            HostSystem.writeToStandardError("the configuration is right; here this build ends\n")
            return .internalError
        } catch {
            HostSystem.writeToStandardError("\(error)\n")
            return error.exitStatus
        }
    }
}
