import Jobs
import Telemetry
import Testing

@testable import CacheWorker

@Suite struct ScheduleCommandLineTests {
    private func parse(_ words: String...) throws(UsageError) -> ScheduleCommand.Action? {
        guard case .schedule(let command) = try CommandParser.parse(["schedule"] + words) else {
            return nil
        }
        return command.action
    }

    @Test func `entries and times are found`() throws {
        #expect(try parse("list") == .list)
        #expect(try parse("history", "a", "--limit", "3") == .history("a", limit: 3))
        #expect(try parse("run", "a") == .run("a"))
        let pause = SchedulePause(by: "ada", reason: "a move")
        #expect(try parse("pause", "a", "--by=ada", "--reason=a move") == .pause("a", pause))
        #expect(try parse("pause", "a") == .pause("a", SchedulePause(by: nil, reason: "")))
        #expect(try parse("resume", "a") == .resume("a"))
        #expect(try parse("delete", "a") == .delete("a"))
        let range = ForecastRange(
            from: WallTime("2026-11-20T09:00:00Z"),
            count: 5,
            isBackwards: true
        )
        let from = "--from=2026-11-20T09:00:00Z"
        #expect(
            try parse("next", "a", "b", "a", from, "--count=5", "--previous")
                == .next(["a", "b"], range)
        )
        let usual = ForecastRange(from: nil, count: 10, isBackwards: false)
        #expect(try parse("next") == .next([], usual))
        let rules = Timetable.Rules(days: .and, clockChanges: ClockChangePolicy(gap: .shift))
        let forecast = CronForecast(
            expression: "@daily",
            zone: "Europe/Berlin",
            rules: rules,
            name: "a",
            range: usual
        )
        #expect(
            try parse(
                "next",
                "--cron=@daily",
                "--tz=Europe/Berlin",
                "--days=and",
                "--dst=shift",
                "--name=a"
            ) == .forecast(forecast)
        )
    }

    @Test func `a definition is JSON, a file, standard input, or options`() throws {
        #expect(try parse("set", "{\"name\":1}") == .set(.json("{\"name\":1}")))
        #expect(try parse("set", "-") == .set(.standardInput))
        #expect(try parse("set", "--file", "-") == .set(.standardInput))
        #expect(try parse("set", "--file", "a.json") == .set(.file("a.json")))
        let action = try parse(
            "set",
            "a",
            "--cron=0 2 * * *",
            "--jitter=1500ms",
            "--catch-up=all=1h,7",
            "--event={}",
            "--disabled"
        )
        guard case .set(.members(let members)) = action else {
            Issue.record("\(action as Any)")
            return
        }
        #expect(
            members.map { "\($0.name)=\($0.json)" } == [
                "name=\"a\"", "cron=\"0 2 * * *\"", "event={}", "jitter=1.500",
                "catchUp={\"policy\":\"all\",\"window\":3600,\"cap\":7}", "enabled=false",
            ]
        )
    }

    @Test(arguments: [
        (["next", "--tz=UTC"], "--tz means nothing without --cron"),
        (["next", "a", "--cron=@daily"], "a is one argument too many"),
        (["next", "a b"], "the name of an entry must be 1 to 100 letters"),
        (["run"], "an argument is missing"), (["run", "a", "b"], "b is one argument too many"),
        (["history", "a", "--limit=51"], "--limit must be a whole number from 1 to 50"),
        (["set"], "there is nothing to set"),
        (["set", "{}", "--cron=x"], "--cron goes with a name"),
        (["set", "a", "--file=b"], "--file does not go with a"),
        (["set", "a", "--every=0s"], "--every must be a duration"),
        (["set", "a", "--catch-up=all="], "--catch-up must be a duration"),
        (["set", "a", "--catch-up=all=1h,0"], "--catch-up must be a whole number from 1 to 1000"),
        (["set", "a b", "--every=1m"], "the name of an entry must be 1 to 100 letters"),
        (["set", ""], "the name of an entry must be 1 to 100 letters"),
        (["set", "--file="], "--file must not be empty"),
        (["lsit"], "lsit is unknown; did you mean list?"),
    ])
    func `what is wrong is told`(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) {
            _ = try CommandParser.parse(["schedule"] + words)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
