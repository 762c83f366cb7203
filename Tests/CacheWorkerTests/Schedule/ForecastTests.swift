import TestSupport
import Testing

/// What `schedule next --cron` tells, by the program itself.
@Suite struct ForecastTests {
    private func next(_ arguments: String...) async throws -> Command {
        try await Command.run(
            try Executable.built("cacheworker"),
            ["schedule", "next"] + arguments,
            // No server is needed, and no configuration, were it ever so wrong.
            environment: ["REDIS_URL": "none", "CACHEWORKER_CONFIG": "/gone"]
        )
    }

    @Test func `firings are told in UTC as JSON`() async throws {
        let daily = try await next(
            "--cron=30 2 * * *",
            "--tz=Europe/Berlin",
            "--from=2026-03-28T00:00:00+01:00",
            "--count=3",
            "--json"
        )
        #expect(daily.exit == .status(0) && daily.errors == "")
        #expect(
            daily.output == #"{"runs":["2026-03-28T01:30:00Z","2026-03-29T01:00:00Z","#
                + "\"2026-03-30T00:30:00Z\"]}\n"
        )
    }

    @Test(arguments: [
        ("skip", "2026-03-30T00:30:00Z"), ("shift", "2026-03-29T01:30:00Z"),
        ("transition", "2026-03-29T01:00:00Z"), ("gap=shift,overlap=twice", "2026-03-29T01:30:00Z"),
    ])
    func `the policy decides what happens in the gap`(policy: String, run: String) async throws {
        let next = try await next(
            "--cron=30 2 * * *",
            "--tz=Europe/Berlin",
            "--from=2026-03-28T12:00:00Z",
            "--count=1",
            "--dst=\(policy)",
            "--json"
        )
        #expect(next.output == "{\"runs\":[\"\(run)\"]}\n")
    }

    @Test func `both days must be met, or one of them, as the rule says`() async throws {
        let (cron, from) = ("--cron=0 0 13 * FRI", "--from=2026-11-01T00:00:00Z")
        let both = try await next(cron, from, "--days=and", "--count=1", "--json")
        #expect(both.output == "{\"runs\":[\"2026-11-13T00:00:00Z\"]}\n")
        let any = try await next(cron, from, "--days=or", "--count=1", "--json")
        #expect(any.output == "{\"runs\":[\"2026-11-06T00:00:00Z\"]}\n")
    }

    @Test func `those before the moment come last one first`() async throws {
        let hourly = try await next(
            "--cron=@hourly",
            "--from=2026-11-20T09:00:00Z",
            "--previous",
            "--count=2",
            "--json"
        )
        #expect(hourly.output == "{\"runs\":[\"2026-11-20T08:00:00Z\",\"2026-11-20T07:00:00Z\"]}\n")
    }

    @Test func `what never fires, or not so often, tells fewer`() async throws {
        let never = try await next("--cron=0 0 31 2 *", "--json")
        #expect(never.exit == .status(0) && never.output == "{\"runs\":[]}\n")
        let once = try await next("--cron=@at 2030-01-01T00:00:00Z", "--from=2029-01-01T00:00:00Z")
        #expect(once.exit == .status(0))
        #expect(once.output.split(separator: "\n").count == 2)
        #expect(once.errors == "cacheworker: it never fires after that\n")
    }

    @Test(arguments: [
        ("0 25 * * *", "--cron, hour (column 3): \"25\" is none; hour may be 0 to 23", "  ^\n"),
        ("* * *", "there are 3 fields", "  ^\n"), ("", "there are 0 fields", "  ^\n"),
        ("0 0 * FOO *", "month (column 7): \"FOO\" is none", "        ^\n"),
        ("H * * * *", "H is chosen by the name", "  ^\n"), ("@often", "@hourly", "  ^\n"),
        ("\u{1B}[2J * * * *", "minute (column 1)", "  ^\n"),
    ])
    func `a wrong expression is pointed at`(cron: String, says: String, mark: String) async throws {
        let wrong = try await next("--cron", cron, "--json")
        #expect(wrong.exit == .status(65) && wrong.output == "")
        #expect(wrong.errors.contains(says) && wrong.errors.hasSuffix(mark), "\(wrong.errors)")
        #expect(!wrong.errors.contains("\u{1B}"))
    }

    @Test(arguments: [
        ("Europe/Berlni", "did you mean Europe/Berlin?"), ("berlin", "did you mean Europe/Berlin?"),
        ("europe/berlin", "did you mean Europe/Berlin?"), ("../zoneinfo/UTC", "an IANA name"),
        ("/etc/passwd", "an IANA name"), ("Europe", "an IANA name"), ("tzdata.zi", "an IANA name"),
        ("", "an IANA name"),
    ])
    func `a zone that is none is told with what is meant`(zone: String, says: String) async throws {
        let wrong = try await next("--cron=@hourly", "--tz=\(zone)", "--json")
        #expect(wrong.exit == .status(65) && wrong.output == "")
        #expect(wrong.errors.contains("--tz: there is no time zone \"\(zone)\""))
        #expect(wrong.errors.contains(says), "\(wrong.errors)")
    }

    @Test(arguments: [
        ("--from=yesterday", "an RFC 3339 timestamp such as"), ("--dst=never", "cronie, or skip"),
        ("--days=xor", "one of or, and"), ("--count=0", "from 1 to 100000"),
        ("--name=a b", "letters, digits"), ("--form=x", "did you mean --from?"),
    ])
    func `a wrong option is told with what is allowed`(option: String, says: String) async throws {
        let wrong = try await next("--cron=@hourly", option, "--json")
        #expect(wrong.exit == .status(64) && wrong.output == "")
        #expect(wrong.errors.contains(says), "\(wrong.errors)")
    }

    @Test func `a table tells local times, and what the clocks do`() async throws {
        let spring = try await next(
            "--cron=30 2 * * *",
            "--tz=Europe/Berlin",
            "--from=2026-03-27T12:00:00Z",
            "--count=3"
        )
        let change = "just after clocks go forward from 2026-03-29 02:00:00 to 03:00:00"
        #expect(
            spring.output == """
                UTC                   Europe/Berlin
                2026-03-28T01:30:00Z  Sat 2026-03-28 02:30:00 +01:00
                2026-03-29T01:00:00Z  Sun 2026-03-29 03:00:00 +02:00  \(change)
                2026-03-30T00:30:00Z  Mon 2026-03-30 02:30:00 +02:00

                """
        )
    }

    @Test func `a name chooses the minute of an H`() async throws {
        func minutes(_ name: String) async throws -> String {
            let from = "--from=2026-01-01T00:00:00Z"
            return try await next("--cron=H * * * *", from, "--name=\(name)", "--json").output
        }
        #expect(try await minutes("a") == minutes("a"))
        #expect(try await minutes("a") != minutes("b"))
    }
}
