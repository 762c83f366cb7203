import TestSupport
import Testing

@Suite struct LivesTests {
    private func lives(_ environment: [String: String]) throws -> Lives {
        try Lives(3, named: "BEAT", environment: environment)
    }

    @Test func `the environment asks for one life, or for more`() throws {
        #expect(try lives([:]).seeds == 0..<3)
        #expect(try lives(["CRON_SEED": "7"]).seeds == 0..<3)
        #expect(try lives(["BEAT_LIVES": "5"]).seeds == 0..<5)
        let one = try lives(["BEAT_LIVES": "5", "BEAT_SEED": "7"])
        #expect(one.seeds == 7..<8)
        #expect(one.isReplay)
    }

    @Test(arguments: ["", "x", "-1", "18446744073709551615"])
    func `what is no number is told`(text: String) {
        #expect(throws: LivesError(description: "BEAT_SEED is no number: \(text)")) {
            try lives(["BEAT_SEED": text])
        }
    }
}
