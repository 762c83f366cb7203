import Jobs

extension ParsedArguments {
    private static let standardListLimit = 100
    private static let listLimits = 1...100_000
    private static let rates = 1...100_000
    /// Ages that letters may have.
    private static let ages: ClosedRange<Duration> = .zero ... .seconds(100 * 366 * 86_400)

    /// What `--limit` says.
    func listLimit() throws(ArgumentFault) -> Int {
        try value("--limit", as: .count(Self.listLimits)) ?? Self.standardListLimit
    }

    /// What `--from` says; nil for all.
    func deadLetterTransport() throws(ArgumentFault) -> DeadLetter.Transport? {
        switch try value("--from", as: ValueKind<DeadLetterOrigin>.word("TRANSPORT")) {
        case .stream: .stream
        case .amqp: .amqp
        case .all, nil: nil
        }
    }

    /// What the filters say.
    func deadLetterFilter() throws(ArgumentFault) -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        for text in values("--kind") {
            filter.kinds.append(try read(text, of: "--kind", as: .word("KIND")))
        }
        filter.reasons = try texts("--reason")
        filter.olderThan = try value("--older-than", as: .duration(Self.ages))
        filter.newerThan = try value("--newer-than", as: .duration(Self.ages))
        return filter
    }

    /// Either ids or `--all`.
    func deadLetterSelection() throws(ArgumentFault) -> DeadLetterSelection {
        let filter = try deadLetterFilter()
        guard has("--all") else {
            guard !operands.isEmpty else {
                throw ArgumentFault("name the letters by their ids, or say --all")
            }
            guard filter.isEmpty else { throw ArgumentFault("filters go with --all, not with ids") }
            var ids: [String] = []
            for id in operands where !ids.contains(id) { ids.append(id) }
            return .named(ids)
        }
        guard operands.isEmpty else { throw ArgumentFault("--all does not go with ids") }
        return .matching(filter)
    }

    /// What `--rate` says: `50/s` or `50`.
    func rate() throws(ArgumentFault) -> Int? {
        guard let text = value("--rate") else { return nil }
        let number = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        return try read(number, of: "--rate", as: .count(Self.rates))
    }
}

/// The words of `--from`.
private enum DeadLetterOrigin: String, Sendable, CaseIterable {
    case stream
    case amqp
    case all
}
