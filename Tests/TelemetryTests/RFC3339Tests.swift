import Testing

@testable import Telemetry

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1970-01-01T00:00:00.5Z", 500),
        ("1970-01-01T00:00:00.123456789Z", 123),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2026-11-20T09:00:00+01:00", 1_795_161_600_000),
        ("2026-11-20T09:00:00-05:30", 1_795_185_000_000),
        ("2100-03-01T00:00:00Z", 4_107_542_400_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ])
    func `a timestamp is the moment it names`(text: String, milliseconds: Int64) {
        #expect(RFC3339.moment(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.5Z", 0),
        ("1970-01-01T00:00:00.0001Z", 100_000), ("1970-01-01T00:00:00.123456789Z", 456_789),
        ("1970-01-01T00:00:00.1234567899Z", 456_789),
    ])
    func `what is finer than a millisecond is told in nanoseconds`(text: String, finer: Int) {
        #expect(RFC3339.instant(text)?.nanoseconds == finer)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-11-20T09:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z", "2026-11-20T09:00:61Z",
        "2026-11-20T09:00:00.Z", "2026-11-20T09:00:00+0100", "2026-11-20T09:00:00Z ",
        "2026-11-20 09:00:00Z",
    ])
    func `what is no timestamp names no moment`(text: String) {
        #expect(RFC3339.moment(text) == nil)
    }

    @Test(arguments: [0, 1, -1, 999, -999, -1000, 951_825_600_123, 4_107_542_400_000] as [Int64])
    func `a moment that is written out reads as itself`(milliseconds: Int64) {
        let moment = WallTime(milliseconds: milliseconds)
        #expect(RFC3339.moment(moment.text) == moment)
    }

    @Test(arguments: [
        ("2026-11-20T09:00:00.999Z", "2026-11-20T09:00:00Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59Z"),
        ("0007-01-02T03:04:05Z", "0007-01-02T03:04:05Z"),
    ])
    func `a moment in whole seconds is a timestamp again`(text: String, seconds: String) {
        #expect(RFC3339.moment(text)?.secondsText == seconds)
    }
}
