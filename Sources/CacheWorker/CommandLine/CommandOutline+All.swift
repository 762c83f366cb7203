extension CommandOutline {
    /// Every command there is, in the order of help.
    static let all =
        [run, publish] + dead + schedule
        + [cacheGet, cacheSet, cacheDelete, cacheInvalidate, version]

    private static let targets: [Option] = [
        .value("--key", "KEY", "A full Redis key", isRepeatable: true),
        .value("--tag", "TAG", "All keys with a tag", isRepeatable: true),
        .value("--pattern", "GLOB", "All keys that match, as KEYS of Redis", isRepeatable: true),
        .value("--namespace", "NAME", "All keys that begin with NAME:", isRepeatable: true),
    ]

    private static let run = CommandOutline(
        words: ["run"],
        operands: "",
        summary: "Run the service until SIGTERM or SIGINT",
        options: [.toggle("--stdin", "Take events from standard input too, one a line")],
        takesSettings: true,
        examples: [
            "run --redis-url redis://127.0.0.1:6379 --amqp-url amqp://guest:guest@127.0.0.1",
            "run --stdin < events.ndjson",
        ],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            return .run(
                RunCommand(
                    settings: arguments.settings,
                    readsStandardInput: arguments.has("--stdin")
                )
            )
        }
    )

    private static let publish = CommandOutline(
        words: ["publish"],
        operands: "",
        summary: "Send events to RabbitMQ or to a stream of Redis",
        options: [
            .value("--type", "TYPE", "Type of the event: cache.invalidate, cache.warm, …"),
            .value("--data", "JSON", "Data of the event"),
        ] + targets + [
            .value("--file", "FILE", "Events, one a line; - is standard input"),
            .value("--to", "TRANSPORT", "amqp or stream (default: amqp when it has an address)"),
        ],
        takesSettings: true,
        examples: [
            "publish --key app:user:1 --tag user:1",
            "publish --type cache.invalidate --data '{\"keys\":[\"app:user:1\"]}' --to stream",
            "publish --file events.ndjson --to amqp",
        ],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            return .publish(
                PublishCommand(
                    settings: arguments.settings,
                    source: try PublishCommand.Source(arguments),
                    transport: try arguments.transport()
                )
            )
        }
    )

    private static let cacheGet = CommandOutline(
        words: ["cache", "get"],
        operands: "KEY…",
        summary: "Print values",
        options: [.json],
        takesSettings: true,
        examples: ["cache get app:user:1"],
        command: { arguments throws(ArgumentFault) in
            .cache(CacheCommand(.get(keys: try arguments.keys()), arguments))
        }
    )

    private static let cacheSet = CommandOutline(
        words: ["cache", "set"],
        operands: "KEY VALUE",
        summary: "Store a value",
        options: [
            .value("--ttl", "DURATION", "Its life, in seconds or as 500ms, 25s, 2m, 1h"),
            .value("--tag", "TAG", "A tag of it", isRepeatable: true),
            .toggle("--if-absent", "Let a value that is there stay"),
            .json,
        ],
        takesSettings: true,
        examples: ["cache set app:user:1 '{\"name\":\"Ada\"}' --ttl 60 --tag user:1"],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(2...2)
            guard !arguments.operands[0].isEmpty else {
                throw ArgumentFault("a key must not be empty")
            }
            let assignment = CacheAssignment(
                key: arguments.operands[0],
                value: arguments.operands[1],
                timeToLive: try arguments.timeToLive(),
                tags: try arguments.texts("--tag"),
                onlyIfAbsent: arguments.has("--if-absent")
            )
            return .cache(CacheCommand(.set(assignment), arguments))
        }
    )

    private static let cacheDelete = CommandOutline(
        words: ["cache", "delete"],
        operands: "KEY…",
        summary: "Delete keys, here and in every process",
        options: [.json],
        takesSettings: true,
        examples: ["cache delete app:user:1 app:user:2"],
        command: { arguments throws(ArgumentFault) in
            .cache(CacheCommand(.delete(keys: try arguments.keys()), arguments))
        }
    )

    private static let cacheInvalidate = CommandOutline(
        words: ["cache", "invalidate"],
        operands: "",
        summary: "Delete by key, tag, pattern and namespace, here and in every process",
        options: targets + [.json],
        takesSettings: true,
        examples: ["cache invalidate --tag user:1 --pattern 'app:list:*'"],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            let targets = try arguments.targets()
            guard !targets.isEmpty else {
                throw ArgumentFault("name what is to go: --key, --tag, --pattern or --namespace")
            }
            return .cache(CacheCommand(.invalidate(targets), arguments))
        }
    )

    private static let version = CommandOutline(
        words: ["version"],
        operands: "",
        summary: "Print the version",
        options: [.json],
        takesSettings: false,
        examples: ["version"],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            return .version(VersionCommand(isJSON: arguments.has(Option.json.name)))
        }
    )
}

extension CacheCommand {
    fileprivate init(_ action: Action, _ arguments: ParsedArguments) {
        self.init(
            settings: arguments.settings,
            action: action,
            isJSON: arguments.has(Option.json.name)
        )
    }
}
