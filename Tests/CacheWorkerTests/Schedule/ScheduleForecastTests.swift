import Codecs
import Jobs
import Telemetry
import Testing

@testable import CacheWorker

@Suite struct ScheduleForecastTests {
    private func entry(_ name: String, _ cron: String) throws -> ScheduleEntry {
        let json =
            "{\"name\":\"\(name)\",\"cron\":\"\(cron)\",\"timeZone\":\"Europe/Berlin\","
            + "\"event\":{\"type\":\"task.a\",\"data\":{}}}"
        return try ScheduleEntry(json: Array(json.utf8), zones: SystemZones())
    }

    private func moment(_ text: String) throws -> WallTime { try #require(WallTime(text)) }

    @Test func `firings of all entries come in the order of their time, then of their names`()
        throws
    {
        let entries = [try entry("b", "*/20 * * * *"), try entry("a", "0 * * * *")]
        let forecast = ScheduleForecast(entries: entries, isBackwards: false)
        let firings = forecast.firings(from: try moment("2026-11-20T08:30:00Z"), count: 5)
        #expect(
            firings.map { "\($0.entry.name) \($0.instant.secondsText)" } == [
                "b 2026-11-20T08:40:00Z", "a 2026-11-20T09:00:00Z", "b 2026-11-20T09:00:00Z",
                "b 2026-11-20T09:20:00Z", "b 2026-11-20T09:40:00Z",
            ]
        )
    }

    @Test func `backwards they come in the other order`() throws {
        let entries = [try entry("a", "0 * * * *"), try entry("b", "*/20 * * * *")]
        let forecast = ScheduleForecast(entries: entries, isBackwards: true)
        let firings = forecast.firings(from: try moment("2026-11-20T09:10:00Z"), count: 4)
        #expect(
            firings.map { "\($0.entry.name) \($0.instant.secondsText)" } == [
                "a 2026-11-20T09:00:00Z", "b 2026-11-20T09:00:00Z", "b 2026-11-20T08:40:00Z",
                "b 2026-11-20T08:20:00Z",
            ]
        )
    }

    @Test(arguments: [false, true])
    func `a change of the clocks is told at the firing behind it`(isBackwards: Bool) throws {
        let forecast = ScheduleForecast(
            entries: [try entry("a", "0 9 * * *")],
            isBackwards: isBackwards
        )
        let from = isBackwards ? "2026-03-30T12:00:00Z" : "2026-03-28T00:00:00Z"
        let firings = forecast.firings(from: try moment(from), count: 3)
        let told = firings.filter { $0.note != nil }
        #expect(told.map(\.instant.secondsText) == ["2026-03-29T07:00:00Z"])
        let json = told.first.map { String(decoding: $0.json, as: UTF8.self) } ?? ""
        #expect(json.contains("\"local\":\"2026-03-29 09:00:00\",\"clocks\":\"changed\""))
    }

    @Test func `an entry that ends gives way to the others`() throws {
        var short = try entry("short", "* * * * *")
        short.end = try moment("2026-11-20T09:01:00Z")
        let forecast = ScheduleForecast(
            entries: [short, try entry("long", "0 * * * *")],
            isBackwards: false
        )
        let firings = forecast.firings(from: try moment("2026-11-20T09:00:00Z"), count: 3)
        #expect(firings.map(\.entry.name) == ["short", "long", "long"])
    }
}
