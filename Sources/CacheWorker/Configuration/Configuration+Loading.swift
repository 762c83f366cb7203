extension Configuration {
    /// The variable that names the configuration file when no flag does.
    static let fileVariable = "CACHEWORKER_CONFIG"

    /// Reads the file, then the environment, then the flags; what comes later wins.
    ///
    /// Every value is checked, also one that a later source replaces. Reading again is how a
    /// running process reloads; flags stay as they were.
    static func load(
        _ arguments: SettingArguments,
        on system: HostSystem
    ) throws(ConfigurationError) -> Configuration {
        var loader = ConfigurationLoader(system)
        if let path = arguments.configFile ?? loader.variable(fileVariable) {
            loader.readFile(path)
        }
        loader.readEnvironment()
        loader.read(arguments.flags)
        return try loader.finish()
    }
}
