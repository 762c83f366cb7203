import Testing

@testable import CacheWorker

@Suite("Reading a command line")
struct CommandParserTests {
    private func parse(_ line: String) throws(UsageError) -> Command {
        try CommandParser.parse(line.split(separator: " ").map(String.init))
    }

    private let none = SettingArguments()

    @Test("finds the command and its options, before and after operands")
    func commands() throws {
        #expect(try parse("version") == .version(VersionCommand(isJSON: false)))
        #expect(try parse("version --json") == .version(VersionCommand(isJSON: true)))
        #expect(try parse("--version") == .version(VersionCommand(isJSON: false)))
        let run = RunCommand(
            settings: SettingArguments(
                configFile: "c.yaml",
                flags: [
                    .init(name: "--roles", text: "worker"),
                    .init(name: "--log-level", text: "debug"),
                ]
            ),
            readsStandardInput: true
        )
        #expect(
            try parse("run --roles worker --stdin --config=c.yaml --log-level=debug") == .run(run)
        )
        let get = CacheCommand(settings: none, action: .get(keys: ["a", "b"]), isJSON: true)
        #expect(try parse("cache get a --json b") == .cache(get))
        let delete = CacheCommand(settings: none, action: .delete(keys: ["a"]), isJSON: false)
        #expect(try parse("cache delete a") == .cache(delete))
    }

    @Test("takes what follows -- as operands, and an empty value after =")
    func operands() throws {
        let get = CacheCommand(settings: none, action: .get(keys: ["--json", "-x"]), isJSON: false)
        #expect(try parse("cache get -- --json -x") == .cache(get))
        let empty = try parse("run --redis-url=")
        let settings = SettingArguments(flags: [.init(name: "--redis-url", text: "")])
        #expect(empty == .run(RunCommand(settings: settings, readsStandardInput: false)))
        let equals = try parse("publish --data={\"a\":\"b=c\"} --type t")
        let source = PublishCommand.Source.data(type: "t", json: "{\"a\":\"b=c\"}")
        let publish = PublishCommand(settings: none, source: source, transport: nil)
        #expect(equals == .publish(publish))
    }

    @Test("reads a value to store with life, tags and condition")
    func set() throws {
        let line = "cache set k v --ttl 1.5 --tag a --tag b --if-absent"
        let assignment = CacheAssignment(
            key: "k",
            value: "v",
            timeToLive: .milliseconds(1_500),
            tags: ["a", "b"],
            onlyIfAbsent: true
        )
        let set = CacheCommand(settings: none, action: .set(assignment), isJSON: false)
        #expect(try parse(line) == .cache(set))
        let empty = try CommandParser.parse(["cache", "set", "k", ""])
        let nothing = CacheAssignment(
            key: "k",
            value: "",
            timeToLive: nil,
            tags: [],
            onlyIfAbsent: false
        )
        #expect(empty == .cache(CacheCommand(settings: none, action: .set(nothing), isJSON: false)))
    }

    @Test("reads what is to go, for the cache and for an event")
    func targets() throws {
        let flags = "--key a --tag t --pattern p* --namespace n --key b"
        let targets = InvalidationTargets(
            keys: ["a", "b"],
            tags: ["t"],
            patterns: ["p*"],
            namespaces: ["n"]
        )
        let action = CacheCommand.Action.invalidate(targets)
        let cache = CacheCommand(settings: none, action: action, isJSON: false)
        #expect(try parse("cache invalidate \(flags)") == .cache(cache))
        let source = PublishCommand.Source.invalidation(targets)
        let publish = PublishCommand(settings: none, source: source, transport: .stream)
        #expect(try parse("publish --to stream \(flags)") == .publish(publish))
    }

    @Test("reads events from a file or from standard input")
    func files() throws {
        let file = PublishCommand(settings: none, source: .file("e"), transport: .amqp)
        #expect(try parse("publish --file e --to amqp") == .publish(file))
        let input = PublishCommand(settings: none, source: .standardInput, transport: nil)
        #expect(try parse("publish --file -") == .publish(input))
    }

    @Test(
        "says what is wrong, and with which command",
        arguments: [
            ("", "cacheworker: a command is missing: run, publish, dead, schedule, cache, version"),
            ("rum", "cacheworker: rum is unknown; did you mean run?"),
            (
                "zebra",
                "cacheworker: zebra is unknown; "
                    + "there is run, publish, dead, schedule, cache, version"
            ),
            (
                "--json version",
                "cacheworker: a command comes first, then its options: "
                    + "run, publish, dead, schedule, cache, version"
            ),
            ("cache", "cacheworker cache: a command is missing: get, set, delete, invalidate"),
            ("cache gte a", "cacheworker cache: gte is unknown; did you mean get?"),
            ("cache get", "cacheworker cache get: an argument is missing"),
            ("cache set a", "cacheworker cache set: an argument is missing"),
            ("cache set a b c", "cacheworker cache set: c is one argument too many"),
            ("run now", "cacheworker run: now is one argument too many"),
            (
                "run --redis-ulr x",
                "cacheworker run: --redis-ulr is unknown; did you mean --redis-url?"
            ),
            ("run -x", "cacheworker run: -x is unknown"),
            (
                "run --redis-password x",
                "cacheworker run: --redis-password is unknown; did you mean --redis-password-file?"
            ),
            ("run --stdin=yes", "cacheworker run: --stdin takes no value"),
            ("run --stdin --stdin", "cacheworker run: --stdin stands twice; keep one of them"),
            ("run --config", "cacheworker run: --config needs a value: --config=FILE"),
            ("run --config --stdin", "cacheworker run: --config needs a value: --config=FILE"),
            (
                "publish",
                "cacheworker publish: there is nothing to send: add --data, --key or --file"
            ),
            ("publish --data {}", "cacheworker publish: --data needs --type"),
            (
                "publish --file a --key b",
                "cacheworker publish: use one of --data, --file, "
                    + "and --key with --tag, --pattern, --namespace"
            ),
            (
                "publish --type cache.warm --key b",
                "cacheworker publish: --key, --tag, --pattern and --namespace make a "
                    + "cache.invalidate; for another type use --data"
            ),
            (
                "publish --type a --file b",
                "cacheworker publish: --type does not go with --file: each event has its own"
            ),
            (
                "publish --key a --to pigeon",
                "cacheworker publish: --to must be one of amqp, stream, not \"pigeon\""
            ),
            ("publish --key=", "cacheworker publish: --key must not be empty"),
            (
                "cache set a b --ttl 0",
                "cacheworker cache set: --ttl must be a duration such as 500ms, 25s or 2m, "
                    + "from 1ms to 366d, not \"0\""
            ),
            (
                "cache invalidate",
                "cacheworker cache invalidate: "
                    + "name what is to go: --key, --tag, --pattern or --namespace"
            ),
            ("version --config x", "cacheworker version: --config is unknown"),
        ]
    )
    func faults(line: String, message: String) {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        let command = message.prefix { $0 != ":" }
        #expect(error?.description == message + "\nTry '\(command) --help'.")
    }

    @Test(
        "refuses an empty key",
        arguments: [["get", ""], ["delete", "a", ""], ["set", "", "b"]]
    )
    func emptyKey(arguments: [String]) {
        #expect(throws: UsageError.self) { try CommandParser.parse(["cache"] + arguments) }
    }
}
