/// One line of the table of settings: where a value may stand and what becomes of it.
///
/// Precedence, help, unknown keys, secrets from files and reloads all follow from this.
struct Setting: Sendable {
    /// When a changed value counts in a running process.
    enum Effect: Sendable, Equatable {
        case now
        case afterRestart
    }

    /// What may be said of a value.
    enum Confidentiality: Sendable {
        /// Everything.
        case open
        /// Nothing: it may hold a password. It may stand on the command line all the same.
        case mayHoldSecret
        /// Nothing, and not on the command line, which every user of the machine can read.
        /// A file may hold it: `REDIS_PASSWORD_FILE`, `redis.password_file`,
        /// `--redis-password-file`.
        case secret
    }

    /// The name in the configuration file: `redis.url`.
    let path: String
    /// The environment variable: `REDIS_URL`.
    let variable: String
    /// One phrase for people.
    let help: String
    /// What stands for the value in help.
    let metavariable: String
    /// Whether a file may hold a list instead of a text with commas.
    let takesList: Bool
    /// Whether errors may repeat the value.
    let confidentiality: Confidentiality
    /// When a change counts.
    let takesEffect: Effect
    /// What holds by default, in words, where the configuration's own text says too little.
    let defaultWords: String?

    /// Reads a text that is not empty into its place.
    let assign: @Sendable (String, inout Configuration) throws(ValueFault) -> Void
    /// The value as text; `***` for a secret, empty for none.
    let text: @Sendable (Configuration) -> String
    /// Whether both have the same value.
    let isSame: @Sendable (Configuration, Configuration) -> Bool

    /// The flag: `--redis-url`.
    var flag: String { "--" + variable.lowercased().split(separator: "_").joined(separator: "-") }

    /// What holds by default, for people.
    var defaultText: String { defaultWords ?? text(.defaults(on: .current)) }

    /// Joins a property of the configuration to its names.
    init<Value>(
        _ path: String,
        _ variable: String,
        _ property: any WritableKeyPath<Configuration, Value> & Sendable,
        _ kind: ValueKind<Value>,
        _ help: String,
        confidentiality: Confidentiality = .open,
        takesEffect: Effect = .afterRestart,
        defaultWords: String? = nil
    ) {
        self.path = path
        self.variable = variable
        self.help = help
        metavariable = kind.metavariable
        takesList = kind.takesList
        self.confidentiality = confidentiality
        self.takesEffect = takesEffect
        self.defaultWords = defaultWords
        assign = { text, configuration throws(ValueFault) in
            configuration[keyPath: property] = try kind.read(text)
        }
        text = { kind.text($0[keyPath: property]) }
        isSame = { $0[keyPath: property] == $1[keyPath: property] }
    }
}
