/// One line of the table of commands: how it is written, and what it becomes.
struct CommandOutline: Sendable {
    /// Its words: `cache get`.
    let words: [String]
    /// What follows the options in help: `KEY…`.
    let operands: String
    /// One phrase for people.
    let summary: String
    /// What else a person has to know before the first use.
    var note: String?
    /// Its own options.
    let options: [Option]
    /// Whether it also takes `--config` and the flags of all settings.
    let takesSettings: Bool
    /// Command lines that work, without the name of the program.
    let examples: [String]
    /// Makes the command of its arguments.
    let command: @Sendable (ParsedArguments) throws(ArgumentFault) -> Command

    /// Everything that may stand in its command line.
    var allOptions: [Option] {
        options + (takesSettings ? [.config] + Option.settings : []) + [.help]
    }
}
