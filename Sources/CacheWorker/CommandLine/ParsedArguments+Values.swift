extension ParsedArguments {
    /// The lives that a value may have.
    private static let lives: ClosedRange<Duration> = .milliseconds(1) ... .seconds(366 * 86_400)

    /// Holds the number of operands to a range.
    func expectOperands(_ range: ClosedRange<Int>) throws(ArgumentFault) {
        for operand in operands.dropFirst(range.upperBound).prefix(1) {
            throw ArgumentFault("\(operand) is one argument too many")
        }
        guard operands.count >= range.lowerBound else {
            throw ArgumentFault("an argument is missing")
        }
    }

    /// Operands that are keys: at least one, none of them empty.
    func keys() throws(ArgumentFault) -> [String] {
        try expectOperands(1 ... .max)
        guard !operands.contains("") else { throw ArgumentFault("a key must not be empty") }
        return operands
    }

    /// The texts of a repeatable option, none of them empty.
    func texts(_ name: String) throws(ArgumentFault) -> [String] {
        let texts = values(name)
        guard !texts.contains("") else { throw ArgumentFault("\(name) must not be empty") }
        return texts
    }

    /// What `--key`, `--tag`, `--pattern` and `--namespace` name.
    func targets() throws(ArgumentFault) -> InvalidationTargets {
        InvalidationTargets(
            keys: try texts("--key"),
            tags: try texts("--tag"),
            patterns: try texts("--pattern"),
            namespaces: try texts("--namespace")
        )
    }

    /// What `--ttl` says.
    func timeToLive() throws(ArgumentFault) -> Duration? {
        try value("--ttl", as: .duration(Self.lives))
    }

    /// What `--to` says.
    func transport() throws(ArgumentFault) -> PublishCommand.Transport? {
        try value("--to", as: .word("TRANSPORT"))
    }

    /// The value of an option that may stand once, read as its kind.
    func value<Value>(
        _ name: String,
        as kind: ValueKind<Value>
    ) throws(ArgumentFault) -> Value? {
        guard let text = value(name) else { return nil }
        return try read(text, of: name, as: kind)
    }

    /// One value of an option, read as its kind.
    func read<Value>(
        _ text: String,
        of name: String,
        as kind: ValueKind<Value>
    ) throws(ArgumentFault) -> Value {
        do {
            return try kind.read(text)
        } catch {
            throw ArgumentFault("\(name) \(error.predicate(of: text))")
        }
    }
}

extension PublishCommand.Source {
    /// Exactly one of data, targets and file.
    init(_ arguments: ParsedArguments) throws(ArgumentFault) {
        let targets = try arguments.targets()
        let (type, json) = (arguments.value("--type"), arguments.value("--data"))
        let file = arguments.value("--file")
        switch (targets.isEmpty, json, file) {
        case (true, nil, nil):
            throw ArgumentFault("there is nothing to send: add --data, --key or --file")
        case (true, let json?, nil):
            guard let type, !type.isEmpty else {
                throw ArgumentFault("--data needs --type")
            }
            self = .data(type: type, json: json)
        case (false, nil, nil):
            guard type == nil || type == "cache.invalidate" else {
                throw ArgumentFault(
                    "--key, --tag, --pattern and --namespace make a cache.invalidate; "
                        + "for another type use --data"
                )
            }
            self = .invalidation(targets)
        case (true, nil, let file?):
            guard type == nil else {
                throw ArgumentFault("--type does not go with --file: each event has its own")
            }
            guard !file.isEmpty else { throw ArgumentFault("--file must not be empty") }
            self = file == "-" ? .standardInput : .file(file)
        default:
            throw ArgumentFault(
                "use one of --data, --file, and --key with --tag, --pattern, --namespace"
            )
        }
    }
}
