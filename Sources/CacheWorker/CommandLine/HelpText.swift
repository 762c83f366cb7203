/// What `--help` prints, made of the tables of commands, options and settings.
enum HelpText: Sendable {
    /// Where explanations begin.
    private static let column = 26

    /// Help of the whole program.
    static func program() -> String {
        """
        cacheworker keeps caches fresh: it applies invalidations, warms and cleanups to Redis
        and tells every process that keeps copies.

        Usage: cacheworker COMMAND [OPTION]…

        Commands:
        \(commands(below: []))

        'cacheworker COMMAND --help' explains a command.

        Example:
            cacheworker run --redis-url redis://127.0.0.1:6379

        """
    }

    /// Help of commands with the same first words.
    static func group(_ words: [String]) -> String {
        let name = words.joined(separator: " ")
        let example = CommandOutline.all.first { $0.words.starts(with: words) }?.examples.first
        return """
            Usage: cacheworker \(name) COMMAND [OPTION]…

            Commands:
            \(commands(below: words))

            'cacheworker \(name) COMMAND --help' explains a command.

            Example:
                cacheworker \(example ?? name)

            """
    }

    /// Help of one command.
    static func command(_ outline: CommandOutline) -> String {
        let usage = (["cacheworker"] + outline.words + ["[OPTION]…", outline.operands])
            .filter { !$0.isEmpty }.joined(separator: " ")
        let own = outline.options + (outline.takesSettings ? [.config] : []) + [.help]
        let examples = outline.examples.map { "    cacheworker \($0)\n" }.joined()
        return """
            \(outline.summary).
            \(outline.note.map { "\n\($0)\n" } ?? "")
            Usage: \(usage)

            Options:
            \(own.map(line).joined(separator: "\n"))

            \(outline.takesSettings ? settings() + "\n\n" : "")Example:
            \(examples)
            """
    }

    private static func settings() -> String {
        let head = """
            Settings, as a flag, an environment variable or a key of the configuration file;
            a flag goes before a variable, a variable before the file:
            """
        return ([head] + Setting.all.map(entry)).joined(separator: "\n")
    }

    private static func entry(_ setting: Setting) -> String {
        let flags = setting.flagNames.map { name, form in
            "\(name) \(form == .file ? "FILE" : setting.metavariable)"
        }
        let variables = setting.environmentNames.map(\.name).joined(separator: ", ")
        return """
              \(flags.joined())
                  \(setting.help)
                  (\(variables); \(setting.path); default: \(setting.defaultText))
            """
    }

    private static func commands(below words: [String]) -> String {
        CommandOutline.all.filter { $0.words.starts(with: words) }
            .map { pair($0.words.joined(separator: " "), $0.summary) }
            .joined(separator: "\n")
    }

    private static func line(_ option: Option) -> String {
        let again = option.isRepeatable ? "; may stand again and again" : ""
        return pair(
            [option.name, option.metavariable].compactMap(\.self).joined(separator: " "),
            option.help + again
        )
    }

    private static func pair(_ name: String, _ help: String) -> String {
        let gap = String(repeating: " ", count: max(2, column - name.count))
        return "  \(name)\(gap)\(help)"
    }
}
