import Glibc
import Testing

@testable import Telemetry

@Suite struct LogFormatTests {
    private let record = LogRecord(
        level: .warning,
        message: "job failed",
        fields: [
            LogRecord.Field(name: "key", value: .string("a\"b\n\u{1B}[2J")),
            LogRecord.Field(name: "count", value: .integer(3)),
            LogRecord.Field(name: "delay", value: .seconds(.milliseconds(1500))),
        ]
    )
    private let time = timespec(tv_sec: 1_700_000_000, tv_nsec: 7_000_000)

    @Test func `a JSON line is one object whose values cannot break out of it`() {
        let line = String(decoding: LogFormat.json.line(record, at: time), as: UTF8.self)
        #expect(
            line == #"{"time":"2023-11-14T22:13:20.007Z","level":"warning","message":"job failed""#
                + #","key":"a\"b\n\u001b[2J","count":3,"delay":1.5}"# + "\n"
        )
    }

    @Test func `a text line stays one line whatever the values hold`() {
        let line = String(decoding: LogFormat.text.line(record, at: time), as: UTF8.self)
        #expect(
            line == #"2023-11-14T22:13:20.007Z warning job failed key="a\"b\n\u001b[2J""#
                + " count=3 delay=1.5\n"
        )
    }
}
