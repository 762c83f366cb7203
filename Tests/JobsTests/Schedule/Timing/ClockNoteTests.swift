import Codecs
import Telemetry
import Testing

@testable import Jobs

@Suite struct ClockNoteTests {
    private func note(_ firing: String, after last: String? = nil) throws -> ClockNote? {
        ClockNote(
            try #require(WallTime(firing)),
            after: try last.map { try #require(WallTime($0)) },
            in: try SystemZones.zone("Europe/Berlin")
        )
    }

    @Test(arguments: [
        ("2026-03-29T00:59:59Z", nil), ("2026-03-29T01:00:00Z", "behind-gap"),
        ("2026-03-29T01:59:59Z", "behind-gap"), ("2026-03-29T02:00:00Z", nil),
        ("2026-10-24T23:59:59Z", nil), ("2026-10-25T00:00:00Z", "first-of-two"),
        ("2026-10-25T00:59:59Z", "first-of-two"), ("2026-10-25T01:00:00Z", "second-of-two"),
        ("2026-10-25T01:59:59Z", "second-of-two"), ("2026-10-25T02:00:00Z", nil),
    ])
    func `a time beside a change is told for as long as the change is`(
        firing: String,
        word: String?
    ) throws {
        #expect(try note(firing)?.word == word)
    }

    @Test func `a change since the last firing is told where the offset is another one`() throws {
        let last = "2026-03-28T01:30:00Z"
        let changed = try note("2026-03-30T00:30:00Z", after: last)
        #expect(changed?.word == "changed")
        #expect(changed?.change.instant == WallTime("2026-03-29T01:00:00Z"))
        #expect(changed?.text == "clocks go forward from 2026-03-29 02:00:00 to 03:00:00")
        #expect(try note("2026-03-30T00:30:00Z", after: "2026-03-29T01:00:00Z") == nil)
        #expect(try note("2027-03-28T00:30:00Z", after: "2026-03-28T01:30:00Z") == nil)
        #expect(try note("2026-03-30T00:30:00Z") == nil)
    }

    @Test func `a zone that leaves out a day tells both days`() throws {
        let firing = try #require(WallTime("2011-12-30T10:00:00Z"))
        let note = ClockNote(firing, after: nil, in: try SystemZones.zone("Pacific/Apia"))
        let change = "clocks go forward from 2011-12-30 00:00:00 to 2011-12-31 00:00:00"
        #expect(note?.text == "just after \(change)")
    }

    @Test func `a zone without changes has nothing to tell`() throws {
        let firing = try #require(WallTime("2026-03-29T01:00:00Z"))
        #expect(ClockNote(firing, after: WallTime(milliseconds: 0), in: .utc) == nil)
    }
}
