import Codecs

/// Turns a command line into a command.
enum CommandParser: Sendable {
    private static let program = "cacheworker"

    /// Reads the arguments without the name of the program.
    static func parse(_ arguments: [String]) throws(UsageError) -> Command {
        guard let first = arguments.first else {
            throw UsageError(command: program, message: "a command is missing: \(list(below: []))")
        }
        if ["--help", "-h", "help"].contains(first) { return .help(HelpText.program()) }
        if first == "--version" { return .version(VersionCommand(isJSON: false)) }
        var words: [String] = []
        while true {
            if let outline = CommandOutline.all.first(where: { $0.words == words }) {
                return try command(outline, Array(arguments.dropFirst(words.count)))
            }
            guard let next = arguments.dropFirst(words.count).first else {
                throw error(words, "a command is missing: \(list(below: words))")
            }
            if ["--help", "-h"].contains(next) { return .help(HelpText.group(words)) }
            guard CommandOutline.all.contains(where: { $0.words.starts(with: words + [next]) })
            else { throw unknown(next, below: words) }
            words.append(next)
        }
    }

    private static func command(
        _ outline: CommandOutline,
        _ arguments: [String]
    ) throws(UsageError) -> Command {
        do {
            let asked = arguments.prefix { $0 != "--" }
            if asked.contains("--help") || asked.contains("-h") {
                return .help(HelpText.command(outline))
            }
            let parsed = try ParsedArguments(arguments, options: outline.allOptions)
            return try outline.command(parsed)
        } catch {
            throw self.error(outline.words, error.message)
        }
    }

    private static func unknown(_ word: String, below words: [String]) -> UsageError {
        if word.hasPrefix("-") {
            return error(words, "a command comes first, then its options: \(list(below: words))")
        }
        let hint = Suggestion.of(word, among: names(below: words))
            .map { "did you mean \($0)?" }
        return error(words, "\(word) is unknown; " + (hint ?? "there is \(list(below: words))"))
    }

    private static func error(_ words: [String], _ message: String) -> UsageError {
        UsageError(command: ([program] + words).joined(separator: " "), message: message)
    }

    private static func list(below words: [String]) -> String {
        names(below: words).joined(separator: ", ")
    }

    /// The words that may follow, in the order of the table.
    private static func names(below words: [String]) -> [String] {
        var names: [String] = []
        for outline in CommandOutline.all where outline.words.starts(with: words) {
            guard let name = outline.words.dropFirst(words.count).first else { continue }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
