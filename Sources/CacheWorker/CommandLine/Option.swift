/// One option of a command.
struct Option: Sendable, Equatable {
    /// With its hyphens: `--key`.
    let name: String
    /// What stands for its value in help; nil for a switch.
    let metavariable: String?
    /// One phrase for people.
    let help: String
    /// Whether it may stand more than once.
    let isRepeatable: Bool

    /// An option with a value.
    static func value(
        _ name: String,
        _ metavariable: String,
        _ help: String,
        isRepeatable: Bool = false
    ) -> Option {
        Option(name: name, metavariable: metavariable, help: help, isRepeatable: isRepeatable)
    }

    /// An option that is there or not.
    static func toggle(_ name: String, _ help: String) -> Option {
        Option(name: name, metavariable: nil, help: help, isRepeatable: false)
    }
}

extension Option {
    static let config = Option.value("--config", "FILE", "Configuration file in YAML")
    static let help = Option.toggle("--help", "Show this help")
    static let json = Option.toggle("--json", "Print JSON")

    /// The flags of all settings.
    static let settings = Setting.all.flatMap { setting in
        setting.flagNames.map { name, form in
            Option.value(name, form == .file ? "FILE" : setting.metavariable, setting.help)
        }
    }
}
