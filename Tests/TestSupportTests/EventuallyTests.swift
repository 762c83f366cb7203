import TestSupport
import Testing

@Suite("Waiting for a condition")
struct EventuallyTests {
    @Test("ends as soon as it holds")
    func holds() async throws {
        var looks = 0
        try await eventually("three looks") {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
    }

    @Test("fails with the words of the test when it never does")
    func fails() async {
        let error = await #expect(throws: ConditionNotMet.self) {
            try await eventually("pigs fly", within: .milliseconds(5)) { false }
        }
        #expect(error?.condition == "pigs fly")
    }
}
