import Codecs
import Foundation
import Telemetry
import Testing

@testable import CacheWorker
@testable import Jobs

/// What docs/SCHEDULE.md says is so.
@Suite struct ScheduleDocumentTests {
    private let document: String
    private let zones = SystemZones()

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        document = try String(
            contentsOf: root.appendingPathComponent("docs/SCHEDULE.md"),
            encoding: .utf8
        )
    }

    /// The examples in a language.
    private func examples(_ language: String) -> [String] {
        document.components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] }
    }

    /// The rows of the table below a head that begins so: cells without their back ticks.
    private func rows(below head: String) throws -> [[String]] {
        let lines = document.components(separatedBy: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix(head) }, "no table \(head)")
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }
            .map { line in
                line.split(separator: "|").map { $0.filter { $0 != "`" }.trimmingSpaces }
            }
    }

    @Test func `each example in JSON is an entry`() throws {
        let examples = examples("json")
        #expect(examples.count == 3)
        for example in examples {
            _ = try ScheduleEntry(json: Array(example.utf8), zones: zones)
        }
    }

    @Test func `each example in YAML is a configuration file`() throws {
        let examples = examples("yaml")
        #expect(examples.count == 1)
        for example in examples {
            let file = try ConfigurationFile.read(Array(example.utf8), path: "f", zones: zones)
            #expect(file.faults == [] && file.schedule.count == 2)
        }
    }

    @Test func `each command is one`() throws {
        let lines = examples("sh").joined(separator: "\n").split(separator: "\n")
            .filter { $0.hasPrefix("cacheworker ") }
        #expect(lines.count == 2)
        for line in lines {
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            let words = parts.enumerated()
                .flatMap { index, part in
                    index.isMultiple(of: 2) ? part.split(separator: " ") : [part]
                }
            _ = try CommandParser.parse(words.dropFirst().map(String.init))
        }
    }

    @Test func `each member has its row, and no other`() throws {
        let names = try rows(below: "| member |").flatMap { $0[0].components(separatedBy: ", ") }
        #expect(names.sorted() == EntryMembers.names.sorted())
        let slots = try rows(below: "| written |").map { $0[0] }
        #expect(slots == EventTemplate.Slot.allCases.map { "{{\($0.rawValue)}}" })
    }

    @Test func `each expression fires when its row says`() throws {
        let rows = try rows(below: "| expression |")
        #expect(rows.count > 10)
        for row in rows {
            let expected = row[1] == "never" ? [] : row[1].components(separatedBy: ", ")
            let timetable = try Timetable(row[0])
            var firings: [String] = []
            var moment = try #require(WallTime("2026-11-20T09:00:00Z"))
            for _ in 0..<2 {
                guard let next = timetable.next(after: moment) else { break }
                firings.append(next.secondsText)
                moment = next
            }
            #expect(firings == expected, "\(row[0])")
        }
    }

    @Test func `each policy does on both days what its row says`() throws {
        let head = try #require(
            document.components(separatedBy: "\n").first { $0.hasPrefix("| policy |") }
        )
        let expressions = head.split(separator: "`").enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
        let days = ["2026-03-28T22:59:59Z", "2026-10-24T21:59:59Z"]
        let rows = try rows(below: "| policy |")
        #expect(expressions.count == 4 && rows.count == 8)
        for row in rows {
            for (index, expression) in expressions.enumerated() {
                let start = try #require(WallTime(days[index % 2]))
                let firings = try firings(of: expression, row[0], on: start)
                #expect(firings == row[index + 1], "\(row[0]): \(expression)")
            }
        }
    }

    /// The times of a day in Berlin at which an expression fires.
    private func firings(
        of expression: String,
        _ policy: String,
        on start: WallTime
    ) throws -> String {
        let zone = try zones.zone(named: "Europe/Berlin")
        let rules = Timetable.Rules(clockChanges: try #require(ClockChangePolicy(policy)))
        let timetable = try Timetable(expression, zone: zone, rules: rules)
        func day(_ moment: WallTime) -> (text: String, name: String) {
            let offset = zone.offset(at: Int(moment.milliseconds / 1_000))
            return (moment.localText(offset: offset), offset == 7_200 ? "CEST" : "CET")
        }
        let date = day(start + .seconds(1)).text.prefix(10)
        var times: [String] = []
        var moment = start
        while let next = timetable.next(after: moment), day(next).text.hasPrefix(date) {
            times.append("\(day(next).text.dropFirst(11).prefix(5)) \(day(next).name)")
            moment = next
        }
        return times.isEmpty ? "none" : times.joined(separator: ", ")
    }
}
