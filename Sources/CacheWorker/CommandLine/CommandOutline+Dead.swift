extension CommandOutline {
    /// `dead` and its commands.
    static let dead = [deadList, deadShow, deadRequeue, deadPurge]

    private static let from = Option.value(
        "--from",
        "TRANSPORT",
        "stream, amqp or all (default: all that have an address)"
    )
    private static let filters: [Option] = [
        .value("--kind", "KIND", "Only invalidate, warm, cleanup or task", isRepeatable: true),
        .value("--reason", "REASON", "Only those with this reason", isRepeatable: true),
        .value("--older-than", "DURATION", "Only those that failed longer ago, as 90s, 2h, 7d"),
        .value("--newer-than", "DURATION", "Only those that failed less long ago"),
    ]
    private static let every = Option.toggle("--all", "All letters that the filters let pass")
    /// What a look means where looking is taking.
    private static let lookNote = """
        A queue of RabbitMQ cannot be looked into: its letters are taken without being
        acknowledged and handed back at the end, in their order. Meanwhile no other reader
        sees them, and the broker counts one more delivery of each.
        """

    private static let deadList = CommandOutline(
        words: ["dead", "list"],
        operands: "",
        summary: "List the jobs that were given up",
        note: lookNote,
        options: [from] + filters + [
            .value("--limit", "NUMBER", "The most letters of the list (default: 100)"),
            .json,
        ],
        takesSettings: true,
        examples: ["dead list --reason schema --newer-than 1d"],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            let limit = try arguments.listLimit()
            let filter = try arguments.deadLetterFilter()
            return .dead(try DeadCommand(.list(filter, limit: limit), arguments))
        }
    )

    private static let deadShow = CommandOutline(
        words: ["dead", "show"],
        operands: "ID",
        summary: "Show all that is known about a job that was given up",
        note: lookNote,
        options: [from, .toggle("--raw", "Print the bytes of the event and nothing else"), .json],
        takesSettings: true,
        examples: ["dead show 1763629200000-0"],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(1...1)
            let isRaw = arguments.has("--raw")
            guard !isRaw || !arguments.has(Option.json.name) else {
                throw ArgumentFault("--raw does not go with --json")
            }
            return .dead(try DeadCommand(.show(id: arguments.operands[0], isRaw: isRaw), arguments))
        }
    )

    private static let deadRequeue = CommandOutline(
        words: ["dead", "requeue"],
        operands: "[ID…]",
        summary: "Make jobs of dead letters again",
        note: """
            An event that breaks the schema is refused, since it would die again. A job is stored
            before its letter is removed, and its attempts begin anew. Ends with 65 when some
            letters were refused or not found, and names them.
            """,
        options: [from, every] + filters + [
            .value("--rate", "N/s", "At most so many in a second"),
            .value("--edit", "FILE", "The event to send instead, for one ID; - is standard input"),
            .toggle("--force", "Requeue what breaks the schema too"),
            .toggle("--dry-run", "Only say what would be done"),
            .json,
        ],
        takesSettings: true,
        examples: [
            "dead requeue 1763629200000-0",
            "dead requeue --all --reason unavailable --rate 50/s",
            "dead requeue 1763629200000-0 --edit event.json",
        ],
        command: { arguments throws(ArgumentFault) in
            let selection = try arguments.deadLetterSelection()
            let edit = arguments.value("--edit")
            if edit != nil {
                guard case .named(let ids) = selection, ids.count == 1 else {
                    throw ArgumentFault("--edit wants exactly one ID")
                }
            }
            let requeueing = DeadLetterRequeueing(
                selection: selection,
                rate: try arguments.rate(),
                edit: edit,
                isDryRun: arguments.has("--dry-run"),
                isForced: arguments.has("--force")
            )
            return .dead(try DeadCommand(.requeue(requeueing), arguments))
        }
    )

    private static let deadPurge = CommandOutline(
        words: ["dead", "purge"],
        operands: "[ID…]",
        summary: "Delete dead letters, once they are stored elsewhere",
        note: """
            Each letter is written to a file, one JSON object a line, before it is deleted; with
            --discard it is lost. Without --yes nothing is deleted, only counted.
            """,
        options: [from, every] + filters + [
            .value("--to", "FILE", "Write the letters behind what this file holds, first"),
            .toggle("--discard", "Keep them nowhere"),
            .toggle("--yes", "Really delete"),
            .json,
        ],
        takesSettings: true,
        examples: [
            "dead purge --all --older-than 30d --to dead.ndjson --yes",
            "dead purge 1763629200000-0 --discard --yes",
        ],
        command: { arguments throws(ArgumentFault) in
            let file = arguments.value("--to")
            guard (file != nil) != arguments.has("--discard"), file != "" else {
                throw ArgumentFault("say where the letters go: --to FILE, or --discard for nowhere")
            }
            let purge = DeadLetterPurge(
                selection: try arguments.deadLetterSelection(),
                file: file,
                isConfirmed: arguments.has("--yes")
            )
            return .dead(try DeadCommand(.purge(purge), arguments))
        }
    )
}

extension DeadCommand {
    fileprivate init(_ action: Action, _ arguments: ParsedArguments) throws(ArgumentFault) {
        self.init(
            settings: arguments.settings,
            transport: try arguments.deadLetterTransport(),
            action: action,
            isJSON: arguments.has(Option.json.name)
        )
    }
}
