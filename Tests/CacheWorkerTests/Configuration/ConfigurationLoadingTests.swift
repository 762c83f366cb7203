import CacheDomain
import Telemetry
import Testing

@testable import CacheWorker

@Suite("Loading the configuration")
struct ConfigurationLoadingTests {
    /// Loads with `worker.yaml` of this text, these variables and flags.
    private func load(
        _ yaml: String? = nil,
        environment: [String: String] = [:],
        flags: [(String, String)] = [],
        files: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        var files = files
        files["worker.yaml"] = yaml
        return try Configuration.load(
            SettingArguments(
                configFile: yaml == nil ? nil : "worker.yaml",
                flags: flags.map { .init(name: $0, text: $1) }
            ),
            on: .fixed(environment: environment, files: files)
        )
    }

    private func faults(
        _ yaml: String? = nil,
        environment: [String: String] = [:],
        flags: [(String, String)] = [],
        files: [String: String] = [:]
    ) -> [String] {
        let error = #expect(throws: ConfigurationError.self) {
            try load(yaml, environment: environment, flags: flags, files: files)
        }
        return error?.faults.map(\.description) ?? []
    }

    @Test("gives the defaults when nobody says anything")
    func defaults() throws {
        let configuration = try load()
        #expect(configuration == .defaults(on: .fixed()))
        #expect(configuration.nodeID == "pod-7-00c0ffee")
        #expect(configuration.logFormat == .json)
        #expect(configuration.redisURL == nil && configuration.amqpURL == nil)
        #expect(Configuration.defaults(on: .fixed(isTerminal: true)).logFormat == .text)
    }

    @Test("lets a flag go before a variable, a variable before the file, the file before defaults")
    func precedence() throws {
        let yaml = "jobs:\n  batch_size: 1"
        #expect(try load().batchSize == 256)
        #expect(try load(yaml).batchSize == 1)
        #expect(try load(yaml, environment: ["BATCH_SIZE": "2"]).batchSize == 2)
        let all = try load(
            yaml,
            environment: ["BATCH_SIZE": "2"],
            flags: [("--batch-size", "3")]
        )
        #expect(all.batchSize == 3)
    }

    @Test("takes empty variables and keys without a value for absent")
    func empty() throws {
        let configuration = try load(
            "redis:\nlog:\n  level:\n  format: ''",
            environment: ["REDIS_URL": "", "BATCH_SIZE": "", "CACHEWORKER_CONFIG": ""]
        )
        #expect(configuration == .defaults(on: .fixed()))
    }

    @Test("reads the file that the environment names unless a flag names another")
    func configVariable() throws {
        let system = HostSystem.fixed(
            environment: ["CACHEWORKER_CONFIG": "a.yaml"],
            files: ["a.yaml": "control_prefix: a", "b.yaml": "control_prefix: b"]
        )
        #expect(try Configuration.load(SettingArguments(), on: system).controlPrefix == "a")
        let named = SettingArguments(configFile: "b.yaml")
        #expect(try Configuration.load(named, on: system).controlPrefix == "b")
    }

    @Test(
        "names file, line and key of each fault in the file",
        arguments: [
            ("redis:\n  ulr: x", "worker.yaml:2: redis.ulr is unknown; did you mean redis.url?"),
            ("\nrdis:\n  url: x", "worker.yaml:2: rdis is unknown; did you mean redis?"),
            ("zebra: 1", "worker.yaml:1: zebra is unknown"),
            (
                "redis.url: x",
                "worker.yaml:1: redis.url is no key of one line; write redis:, below it url:"
            ),
            ("redis: x", "worker.yaml:1: redis must hold keys with values, such as url: …"),
            ("- x", "worker.yaml:1: the file must hold keys with values, such as roles: …"),
            (
                "log:\n  level: loud",
                "worker.yaml:2: log.level must be one of debug, info, warning, error, not \"loud\""
            ),
            (
                "log:\n  level: [info]",
                "worker.yaml:2: log.level must be a single value, without keys or lists in it"
            ),
            (
                "jobs:\n  batch_size: {a: 1}",
                "worker.yaml:2: jobs.batch_size must be a single value, without keys or lists in it"
            ),
            (
                "jobs:\n  batch_size: 0",
                "worker.yaml:2: jobs.batch_size must be a whole number from 1 to 10000, not \"0\""
            ),
            (
                "jobs:\n  max_attempts: [3, wram=1]",
                "worker.yaml:2: jobs.max_attempts cannot be used: there is no kind \"wram\"; "
                    + "there are: invalidate, warm, cleanup, task"
            ),
            (
                "roles: [worker, bat]",
                "worker.yaml:1: roles must be one of worker, beat, http, not \"worker,bat\""
            ),
            ("a: 1\na: 2", "worker.yaml:2: a stands in line 1 already; keep one of them"),
            ("a: *b", "worker.yaml:1: references (*name) are not read; write the value itself"),
        ]
    )
    func fileFaults(yaml: String, expected: String) {
        #expect(faults(yaml) == [expected])
    }

    @Test("tells every fault of every source, and where it stands")
    func allFaults() {
        let found = faults(
            "jobs:\n  batch_size: x\n  bach_size: 1",
            environment: ["LOCAL_MAX_ENTRIES": "-1"],
            flags: [("--log-format", "xml")]
        )
        #expect(
            found == [
                "worker.yaml:3: jobs.bach_size is unknown; did you mean jobs.batch_size?",
                "worker.yaml:2: jobs.batch_size must be a whole number from 1 to 10000, not \"x\"",
                "LOCAL_MAX_ENTRIES must be a whole number from 0 to 100000000, not \"-1\"",
                "--log-format must be one of json, text, not \"xml\"",
            ]
        )
    }

    @Test("says how a file that is not there, or too large, cannot be used")
    func unreadable() {
        #expect(
            faults(environment: ["CACHEWORKER_CONFIG": "gone.yaml"])
                == ["gone.yaml cannot be read: No such file or directory"]
        )
        let large = String(repeating: "#", count: (1 << 20) + 1)
        #expect(faults(large) == ["worker.yaml is larger than 1048576 bytes"])
    }

    @Test("ends with usage for flags alone, else with configuration")
    func exitStatus() {
        let status = { (environment: [String: String], flags: [(String, String)]) in
            #expect(throws: ConfigurationError.self) {
                try load(environment: environment, flags: flags)
            }?
            .exitStatus
        }
        #expect(status([:], [("--roles", "bat")]) == .usage)
        #expect(status(["ROLES": "bat"], []) == .configuration)
        #expect(status(["ROLES": "bat"], [("--roles", "bat")]) == .configuration)
    }

    @Test("takes prefixes to watch as text or list, none twice and none of the service itself")
    func watchedPrefixes() throws {
        let given = try load(environment: ["WATCHED_PREFIXES": "price:, legacy:"])
        #expect(given.watchedPrefixes.prefixes == ["price:", "legacy:"])
        let listed = try load("cache:\n  watched_prefixes: [\"price:\", \"legacy:\"]")
        #expect(listed.watchedPrefixes == given.watchedPrefixes)
        #expect(try load().watchedPrefixes.isEmpty)
        #expect(
            faults(environment: ["WATCHED_PREFIXES": "a:,a:b"]) == [
                "WATCHED_PREFIXES cannot be used: "
                    + #""a:" and "a:b" overlap: keep the shorter one"#
            ]
        )
        #expect(
            faults("cache:\n  watched_prefixes: [a, \"{\"]\ncontrol_prefix: mine") == [
                "worker.yaml:2: cache.watched_prefixes does not fit: "
                    + "keys that begin with {mine}: are the service's own"
            ]
        )
    }

    @Test("wants a lease longer than the heartbeat, wherever they were set")
    func lease() throws {
        #expect(try load(environment: ["COHERENCE_LEASE": "1001ms"]).coherenceLease > .seconds(1))
        let text = "does not fit: the lease (1s) must be longer than the heartbeat (1s)"
        #expect(faults(environment: ["COHERENCE_LEASE": "1"]) == ["COHERENCE_LEASE " + text])
        #expect(
            faults("coherence:\n  heartbeat: 3s") == [
                "worker.yaml:2: coherence.heartbeat does not fit: "
                    + "the lease (3s) must be longer than the heartbeat (3s)"
            ]
        )
    }
}
