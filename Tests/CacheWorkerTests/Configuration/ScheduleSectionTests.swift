import Jobs
import Telemetry
import Testing

@testable import CacheWorker

@Suite struct ScheduleSectionTests {
    private func load(_ yaml: String) throws(ConfigurationError) -> [ScheduleEntry] {
        let files = ["worker.yaml": yaml]
        return
            try Configuration
            .load(SettingArguments(configFile: "worker.yaml"), on: .fixed(files: files)).schedule
    }

    /// The lines of the only entry, its name first.
    private func entry(_ lines: String...) -> String {
        let head = "schedule:\n  entries:\n  - name: nightly\n"
        return head + lines.map { "    \($0)\n" }.joined()
    }

    private let event = "event: {type: cache.cleanup, data: {task: failed-jobs}}"

    @Test func `an entry of a file is the one that its JSON says`() throws {
        let yaml = """
            schedule:
              entries:
                - name: nightly
                  cron: 30 2 * * *
                  dst: shift
                  event:
                    type: cache.warm
                    data:
                      entries:
                        - {key: "day:{{date}}", value: {n: 1.50, yes: true, no: ~, t: "1"}, ttl: 60}
                  enabled: false
                  jitter: 2.5
                  catchUp: {policy: all, window: 3600, cap: 5}
                  start: 2026-11-20T09:00:00Z
                - {name: ping, every: 90, event: {type: task.ping, data: {}}}
            """
        let entries = try load(yaml)
        let data =
            #"{"entries":[{"key":"day:{{date}}","value":"#
            + #"{"n":1.50,"yes":true,"no":null,"t":"1"},"ttl":60}]}"#
        let nightly =
            #"{"name":"nightly","cron":"30 2 * * *","dst":"shift","event":"#
            + "{\"type\":\"cache.warm\",\"data\":\(data)},"
            + #""enabled":false,"jitter":2.5,"catchUp":{"policy":"all","window":3600,"cap":5},"#
            + #""start":"2026-11-20T09:00:00.000Z"}"#
        #expect(entries.map { String(decoding: $0.json, as: UTF8.self) }.first == nightly)
        #expect(entries.map(\.name) == ["nightly", "ping"])
    }

    @Test(arguments: [
        "", "schedule:", "schedule:\n  entries:", "schedule: {entries: []}",
    ])
    func `a file may have no entries`(yaml: String) throws {
        #expect(try load(yaml) == [])
    }

    @Test func `a member without a value is as good as absent`() throws {
        let entries = try load(entry("every: 60", event, "jitter:", "start: ~"))
        #expect(entries.first?.jitter == .zero && entries.first?.start == nil)
    }

    private func faults(_ yaml: String) -> [String] {
        let error = #expect(throws: ConfigurationError.self) { try load(yaml) }
        return error?.faults.map(\.description) ?? []
    }

    @Test func `each wrong entry is told with line, name and member`() {
        func fault(_ lines: String...) -> String {
            let head = "schedule:\n  entries:\n  - name: nightly\n"
            return faults(head + lines.map { "    \($0)\n" }.joined()).joined(separator: "\n")
        }
        let place = "schedule.entries.nightly"
        #expect(
            fault("cron: 0 25 * * *", event)
                .hasPrefix(
                    "worker.yaml:4: \(place).cron, hour (column 3): \"25\" is none"
                )
        )
        #expect(
            fault(event, "every: 60", "jiter: 2")
                == "worker.yaml:6: \(place).jiter is not known: did you mean jitter?"
        )
        #expect(
            fault(
                "every: 60",
                "event:",
                "  type: cache.invalidate",
                "  data:",
                "    keys:",
                "    - a",
                "    - 7"
            )
                == "worker.yaml:10: \(place).event.data.keys[1] must be a non-empty string, "
                + "not a number"
        )
        #expect(fault("every: 60") == "worker.yaml:3: \(place).event is required")
        #expect(
            fault("every: 60", event, "start: 2026-11-20T09:00:00Z", "end: 2026-11-19T09:00:00Z")
                == "worker.yaml:7: \(place).end must be no earlier than \(place).start"
        )
        #expect(
            fault("every: 60", event, "cron: 0 * * * *")
                == "worker.yaml:4: \(place).every means nothing beside \(place).cron"
        )
        #expect(
            fault("cron: 0 2 * * *", "timeZone: Mars/Base", event)
                .hasPrefix(
                    "worker.yaml:5: \(place).timeZone: there is no time zone \"Mars/Base\""
                )
        )
    }

    @Test(arguments: [
        ("schedule: 1", "worker.yaml:1: schedule must hold keys with values, such as cleanups: …"),
        (
            "schedule:\n  entries: {a: 1}",
            "worker.yaml:2: schedule.entries must be a list of entries, "
                + "each beginning with - name: …"
        ),
        (
            "schedule:\n  entires: []",
            "worker.yaml:2: schedule.entires is unknown; did you mean schedule.entries?"
        ),
        (
            "schedule.entries: []",
            "worker.yaml:1: schedule.entries is no key of one line; "
                + "write schedule:, below it entries:"
        ),
        (
            "schedule:\n  entries:\n  - nightly",
            "worker.yaml:3: schedule.entries.0 must be an object, not a string"
        ),
        (
            "schedule:\n  entries:\n  - name: a b",
            "worker.yaml:3: schedule.entries.0.name must be 1 to 100 letters, digits, dots, "
                + "underscores and dashes, not \"a b\""
        ),
    ])
    func `what is no list of entries is told`(yaml: String, fault: String) {
        #expect(faults(yaml) == [fault])
    }

    @Test func `all wrong entries are told, and names that stand twice`() {
        let ping = "{name: ping, every: 90, event: {type: task.ping, data: {}}}"
        let yaml = """
            log: {level: loud}
            schedule:
              entries:
              - \(ping)
              - {name: bad, every: 0, event: {type: task.ping, data: {}}}
              - \(ping)
            """
        let found = faults(yaml)
        #expect(found.count == 3)
        #expect(found.contains { $0.hasPrefix("worker.yaml:1: log.level must be one of") })
        #expect(found.contains { $0.hasPrefix("worker.yaml:5: schedule.entries.bad.every must") })
        #expect(
            found.contains(
                "worker.yaml:6: schedule.entries.ping stands in line 4 already; keep one of them"
            )
        )
    }

    @Test(arguments: ["*/5 * * * *", "* * * * *", "@hourly"])
    func `an expression that YAML cannot read without quotes is told so`(cron: String) {
        let found = faults(entry("cron: \(cron)", event))
        #expect(found.first?.hasPrefix("worker.yaml:4: ") == true)
        #expect(found.first?.hasSuffix("a text that begins with * or @ stands in quotes") == true)
        #expect((try? load(entry("cron: '\(cron)'", event)))?.count == 1)
    }
}
