/// A command line, taken apart by a table of options.
struct ParsedArguments: Sendable, Equatable {
    /// What is no option, in order.
    private(set) var operands: [String] = []
    private var values: [(option: Option, value: String)] = []

    /// Takes arguments apart: `--name value`, `--name=value`, `--name` for a switch;
    /// after `--` everything is an operand.
    ///
    /// - Throws: What is wrong, as a sentence.
    init(_ arguments: [String], options: [Option]) throws(ArgumentFault) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                operands.append(argument)
                continue
            }
            let parts = argument.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let name = parts[0] == "-h" ? Option.help.name : String(parts[0])
            guard let option = options.first(where: { $0.name == name }) else {
                throw ArgumentFault.unknown(name, among: options)
            }
            let inline = parts.count == 2 ? String(parts[1]) : nil
            try take(option, inline: inline, rest: &rest)
        }
    }

    private mutating func take(
        _ option: Option,
        inline: String?,
        rest: inout ArraySlice<String>
    ) throws(ArgumentFault) {
        guard option.isRepeatable || !has(option.name) else {
            throw ArgumentFault("\(option.name) stands twice; keep one of them")
        }
        guard let metavariable = option.metavariable else {
            guard inline == nil else { throw ArgumentFault("\(option.name) takes no value") }
            values.append((option, ""))
            return
        }
        if let inline {
            values.append((option, inline))
            return
        }
        // A forgotten value must not swallow the next option.
        guard let next = rest.first, !next.hasPrefix("--") else {
            throw ArgumentFault("\(option.name) needs a value: \(option.name)=\(metavariable)")
        }
        values.append((option, next))
        rest = rest.dropFirst()
    }

    /// Whether an option was given.
    func has(_ name: String) -> Bool { values.contains { $0.option.name == name } }

    /// The value of an option that may stand once.
    func value(_ name: String) -> String? { values(name).first }

    /// The values of an option in order.
    func values(_ name: String) -> [String] {
        values.filter { $0.option.name == name }.map(\.value)
    }

    /// What is said about settings.
    var settings: SettingArguments {
        SettingArguments(
            configFile: value(Option.config.name),
            flags: values.filter { Option.settings.contains($0.option) }
                .map { .init(name: $0.option.name, text: $0.value) }
        )
    }

    static func == (left: ParsedArguments, right: ParsedArguments) -> Bool {
        left.operands == right.operands && left.values.elementsEqual(right.values, by: ==)
    }
}
