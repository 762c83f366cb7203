import TestSupport
import Testing

@Suite("The program")
struct ProgramTests {
    private func run(
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> Command {
        try await Command.run(
            try Executable.built("cacheworker"),
            arguments,
            environment: environment
        )
    }

    @Test("prints its version and its help on standard output")
    func output() async throws {
        let version = try await run("version", "--json")
        #expect(version.exit == .status(0))
        #expect(version.output == "{\"version\":\"0.1.0\"}\n" && version.errors == "")
        let help = try await run("--help")
        #expect(help.exit == .status(0))
        #expect(help.output.contains("Usage: cacheworker COMMAND") && help.errors == "")
    }

    @Test("tells a wrong command line on standard error and ends with 64")
    func usage() async throws {
        let unknown = try await run("run", "--redis-ulr", "x")
        #expect(unknown.exit == .status(64) && unknown.output == "")
        #expect(unknown.errors.contains("did you mean --redis-url?"))
        let value = try await run("run", "--roles", "bat")
        #expect(value.exit == .status(64))
        #expect(value.errors.contains("--roles must be one of worker, beat, http"))
    }

    @Test("tells a wrong configuration on standard error and ends with 78")
    func configuration() async throws {
        let variable = try await run("run", environment: ["LOG_LEVEL": "loud"])
        #expect(variable.exit == .status(78) && variable.output == "")
        #expect(variable.errors.contains("LOG_LEVEL must be one of debug"))
        let file = try await run("run", environment: ["CACHEWORKER_CONFIG": "/gone/worker.yaml"])
        #expect(file.exit == .status(78))
        #expect(file.errors == "/gone/worker.yaml cannot be read: No such file or directory\n")
        let beat = try await run(
            "run",
            "--roles",
            "beat",
            environment: ["AMQP_URL": "amqp://127.0.0.1:1"]
        )
        #expect(beat.exit == .status(78))
        #expect(
            beat.errors
                == "cacheworker: the role beat, whose schedule is kept in Redis, needs REDIS_URL\n"
        )
        let large = try await run("run", "--config", "/dev/zero")
        #expect(large.exit == .status(78))
        #expect(large.errors == "/dev/zero is larger than 1048576 bytes\n")
    }
}
