import Telemetry
import Testing

@testable import CacheWorker

@Suite("Secrets in the configuration")
struct SecretSettingTests {
    private static let secret = "s3cr3t-value"

    private static let confidential = Setting.all.filter { $0.confidentiality != .open }

    private func load(
        environment: [String: String] = [:],
        flags: [SettingArguments.Flag] = [],
        files: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        try Configuration.load(
            SettingArguments(
                configFile: files["worker.yaml"].map { _ in "worker.yaml" },
                flags: flags
            ),
            on: .fixed(environment: environment, files: files)
        )
    }

    @Test("come from a variable, or from a file without its last line break")
    func sources() throws {
        let files = ["p": "one\n", "q": "two", "worker.yaml": "redis:\n  password_file: q"]
        #expect(try load(environment: ["REDIS_PASSWORD": "x y"]).redisPassword?.revealed == "x y")
        let named = try load(environment: ["REDIS_PASSWORD_FILE": "p"], files: ["p": "one\n"])
        #expect(named.redisPassword?.revealed == "one")
        #expect(try load(files: files).redisPassword?.revealed == "two")
        let flag = SettingArguments.Flag(name: "--redis-password-file", text: "p")
        #expect(try load(flags: [flag], files: files).redisPassword?.revealed == "one")
        let other = try load(environment: ["JOBS_REDIS_PASSWORD": "j", "AMQP_PASSWORD": "a"])
        #expect(other.jobsRedisPassword?.revealed == "j")
        #expect(other.amqpPassword?.revealed == "a")
        #expect(other.redisPassword == nil)
    }

    @Test("stand once in a source, and in files that can be read and hold something")
    func faults() {
        let both = ["AMQP_PASSWORD": "x", "AMQP_PASSWORD_FILE": "p"]
        let error = #expect(throws: ConfigurationError.self) { try load(environment: both) }
        #expect(
            error?.description == "AMQP_PASSWORD_FILE stands beside AMQP_PASSWORD; keep one of them"
        )
        let gone = #expect(throws: ConfigurationError.self) {
            try load(environment: ["AMQP_PASSWORD_FILE": "p"])
        }
        #expect(
            gone?.description
                == "AMQP_PASSWORD_FILE names p, which cannot be read: No such file or directory"
        )
        let empty = #expect(throws: ConfigurationError.self) {
            try load(environment: ["AMQP_PASSWORD_FILE": "p"], files: ["p": "\n"])
        }
        #expect(empty?.description == "AMQP_PASSWORD_FILE names p, which is empty")
    }

    @Test("are not told by the configuration, however it is written out")
    func silence() throws {
        let configuration = try load(environment: ["REDIS_PASSWORD": Self.secret])
        var dumped = ""
        dump(configuration.redisPassword, to: &dumped)
        let texts = [
            "\(configuration.redisPassword as Any)", dumped,
            String(reflecting: configuration.redisPassword),
        ]
        for text in texts + Setting.all.map({ $0.text(configuration) }) where text != "" {
            #expect(!text.contains(Self.secret))
        }
    }

    @Test("are not told by errors, nor are addresses that may hold them", arguments: confidential)
    func errors(setting: Setting) {
        let bad = "nonsense://u:\(Self.secret)@h:1:2/x"
        let environment = [setting.variable: bad, setting.variable + "_FILE": "/gone"]
        let error = #expect(throws: ConfigurationError.self) { try load(environment: environment) }
        #expect(error?.description.contains(Self.secret) == false)
        #expect(error?.description.contains(setting.variable) == true)
    }

    @Test("have no flag of their own: every user of a machine sees command lines")
    func flags() {
        let secrets = Setting.all.filter { $0.confidentiality == .secret }
        let paths = [
            "redis.password", "jobs_redis.password", "amqp.password", "sessions.password",
            "http.token",
        ]
        #expect(secrets.map(\.path) == paths)
        #expect(secrets.flatMap(\.flagNames).allSatisfy { $0.form == .file })
    }
}
