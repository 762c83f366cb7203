import Testing

@testable import CacheWorker

@Suite("Values as text")
struct ValueKindTests {
    @Test(
        "of durations are numbers with a unit, or seconds",
        arguments: [
            ("25s", 25_000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000),
            ("1d", 86_400_000), ("3", 3_000), ("0.5", 500), ("1.5h", 5_400_000), ("0", 0),
            ("0.001s", 1),
        ]
    )
    func durations(text: String, milliseconds: Int) {
        #expect(DurationText.read(text) == .milliseconds(milliseconds))
    }

    @Test(
        "of durations are nothing else",
        arguments: [
            "", "s", "-1s", "1 s", "1S", "1x", "1ms2", "1..5s", ".5s", "1.", "0.0001s", "1e3",
            "9223372036854775807", "9223372036854775s9", "99999999999999999999s", "٣s", "+1",
            "0.123456789s", "0x10",
        ]
    )
    func noDurations(text: String) {
        #expect(DurationText.read(text) == nil)
    }

    @Test(
        "of sizes are numbers with a binary unit, or bytes",
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("16MiB", 16_777_216), ("1k", 1_024), ("1K", 1_024),
            ("2m", 2_097_152), ("1gb", 1_073_741_824), ("1GiB", 1_073_741_824), ("7b", 7),
        ]
    )
    func sizes(text: String, bytes: Int) {
        #expect(ByteSize.read(text) == bytes)
    }

    @Test(
        "of sizes are nothing else",
        arguments: ["", "k", "-1", "1.5k", "1 k", "1t", "9223372036854775807k", "1kk", "٣", "+1"]
    )
    func noSizes(text: String) {
        #expect(ByteSize.read(text) == nil)
    }

    @Test("read as the value they were made of")
    func roundTrip() {
        for milliseconds in [0, 1, 999, 1_000, 1_500, 60_000, 90_000, 3_600_000, 86_400_000] {
            let duration = Duration.milliseconds(milliseconds)
            #expect(DurationText.read(DurationText.text(duration)) == duration)
        }
        for bytes in [0, 1, 1_023, 1_024, 1_025, 1 << 20, 3 << 20, 1 << 30, 1 << 40] {
            #expect(ByteSize.read(ByteSize.text(bytes)) == bytes)
        }
        #expect(DurationText.text(.milliseconds(1_500)) == "1500ms")
        #expect(DurationText.text(.seconds(120)) == "2m")
        #expect(ByteSize.text(16 << 20) == "16MiB")
    }

    @Test("are held to their bounds, which stand in the refusal")
    func bounds() throws {
        let kind = ValueKind<Duration>.duration(.milliseconds(10) ... .seconds(60))
        #expect(try kind.read("10ms") == .milliseconds(10))
        #expect(try kind.read("60s") == .seconds(60))
        for text in ["9ms", "61s", "x"] {
            let fault = #expect(throws: ValueFault.self) { try kind.read(text) }
            #expect(
                fault?.predicate(of: text)
                    == "must be a duration such as 500ms, 25s or 2m, from 10ms to 1m, "
                    + "not \"\(text)\""
            )
        }
    }

    @Test("of names are ASCII without blanks and braces where those have a meaning")
    func names() throws {
        let kind = ValueKind<String>.name(maxBytes: 4, forbidden: "{}")
        #expect(try kind.read("a.b-") == "a.b-")
        for text in ["a b", "a{", "abcde", "é", "a\n", "a\0"] {
            #expect(throws: ValueFault.self) { try kind.read(text) }
        }
    }
}
