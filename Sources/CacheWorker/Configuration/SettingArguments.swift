/// What a command line says about settings, not yet read as values.
struct SettingArguments: Sendable, Equatable {
    /// A setting's flag with its text.
    struct Flag: Sendable, Equatable {
        /// As `Setting.flag`, or with `-file` behind it for a secret.
        let name: String
        /// What follows it.
        let text: String
    }

    /// The file of `--config`.
    var configFile: String?
    /// In the order of the command line; none twice.
    var flags: [Flag] = []
}
