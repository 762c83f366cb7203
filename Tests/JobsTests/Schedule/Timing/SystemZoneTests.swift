import Codecs
import TestSupport
import Testing

/// The zones of the system's database, as `zdump` of the C library sees them.
@Suite(.timeLimit(.minutes(5))) struct SystemZoneTests {
    /// A moment that clocks were put, and the offset from then on.
    private struct Change: Equatable {
        var at: Int
        var offset: Int
    }

    @Test func `clocks are put when the C library says so, in every zone`() async throws {
        let names = SystemZones.names
        #expect(names.count > 300)
        try await compare(names, years: 1970..<2042)
    }

    /// Long after what the files list one by one.
    @Test func `the rules for the years to come say what the C library makes of them`() async throws
    {
        let names = [
            "Africa/Cairo", "America/New_York", "America/Nuuk", "America/Santiago",
            "Asia/Beirut", "Asia/Jerusalem", "Australia/Lord_Howe", "Europe/Berlin",
            "Europe/Dublin", "Pacific/Auckland", "Pacific/Chatham",
        ]
        try await compare(names, years: 2036..<2101)
    }

    private func compare(_ names: [String], years: Range<Int>) async throws {
        let limits = "\(years.lowerBound),\(years.upperBound)"
        let text = try await Command.output(of: "zdump", ["-i", "-c", limits] + names)
        let expected = try Self.changes(in: text)
        let (start, end) = (Self.newYear(years.lowerBound), Self.newYear(years.upperBound))
        for name in names {
            let zone = try SystemZones.zone(name)
            var found: [Change] = []
            var instant = start
            while let end = zone.period(at: instant).end {
                let period = zone.period(at: end)
                #expect(period.start == end && zone.period(at: end - 1).end == end, "\(name)")
                found.append(Change(at: end, offset: period.offset))
                instant = end
                guard end < Self.newYear(years.upperBound) else { break }
            }
            #expect(found.filter { $0.at < end } == expected[name] ?? [], "\(name)")
        }
    }

    private static func newYear(_ year: Int) -> Int {
        CivilDate(year: year, month: 1, day: 1).daysSince1970 * CivilDate.secondsPerDay
    }

    /// Behind a line such as `TZ="Europe/Berlin"` one for each change: the local time after it, the
    /// offset from then on, and its name, as in `1980-04-06	03	+02	CEST	1`.
    private static func changes(in text: String) throws -> [String: [Change]] {
        var changes: [String: [Change]] = [:]
        var (name, before) = ("", 0)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard words.count > 2 else {
                name = String(line.split(separator: "\"")[1])
                continue
            }
            let offset = try seconds(words[2].dropFirst()) * (words[2].hasPrefix("-") ? -1 : 1)
            defer { before = offset }
            // Other names for the same offset, or summer time that is none.
            guard words[0] != "-", offset != before else { continue }
            let date = try words[0].split(separator: "-").map { try #require(Int($0)) }
            let day = CivilDate(year: date[0], month: date[1], day: date[2]).daysSince1970
            let at = day * CivilDate.secondsPerDay + (try seconds(words[1])) - offset
            changes[name, default: []].append(Change(at: at, offset: offset))
        }
        return changes
    }

    /// Hours, minutes and seconds, with or without colons; what is left out is zero.
    private static func seconds(_ text: Substring) throws -> Int {
        let digits = text.filter { $0 != ":" }
        let number = try #require(Int(digits + String(repeating: "0", count: 6 - digits.count)))
        return (number / 10_000 * 60 + number / 100 % 100) * 60 + number % 100
    }
}
