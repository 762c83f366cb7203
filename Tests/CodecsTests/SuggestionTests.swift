import Testing

@testable import Codecs

@Suite("Suggestions")
struct SuggestionTests {
    @Test(
        "count insertions, deletions, replacements and swaps",
        arguments: [
            ("", "", 0), ("url", "ulr", 1), ("url", "ur", 1), ("key", "keys", 1),
            ("kitten", "sitting", 3), ("abc", "", 3), ("ca", "abc", 3),
        ]
    )
    func distance(left: String, right: String, expected: Int) {
        #expect(Suggestion.distance(Array(left), Array(right)) == expected)
        #expect(Suggestion.distance(Array(right), Array(left)) == expected)
    }

    @Test("name the nearest word, and none that is far")
    func nearest() {
        #expect(Suggestion.of("redis.ulr", among: ["amqp.url", "redis.url"]) == "redis.url")
        #expect(Suggestion.of("zebra", among: ["amqp.url", "redis.url"]) == nil)
        #expect(Suggestion.of(String(repeating: "a", count: 10_000), among: ["a"]) == nil)
    }
}
