import CacheDomain
import Testing

@Suite struct WatchedPrefixesTests {
    @Test func `keys are covered by their beginning, byte by byte`() throws {
        let prefixes = try WatchedPrefixes(["app:", "é"])
        #expect(prefixes.cover("app:1") && prefixes.cover("app:") && prefixes.cover("é1"))
        #expect(!prefixes.cover("app") && !prefixes.cover("my app:") && !prefixes.cover(""))
        #expect(!prefixes.cover("e\u{301}1"), "it looks the same and is another key")
        #expect(WatchedPrefixes.none.isEmpty && !WatchedPrefixes.none.cover("app:1"))
    }

    @Test func `no prefix begins with another, is empty, or is one too many`() throws {
        let overlap = WatchedPrefixesError(
            message: #""app:" and "app:1" overlap: keep the shorter one"#
        )
        #expect(throws: overlap) { try WatchedPrefixes(["app:", "b", "app:1"]) }
        #expect(throws: WatchedPrefixesError.self) { try WatchedPrefixes(["app:1", "app:"]) }
        #expect(throws: WatchedPrefixesError.self) { try WatchedPrefixes(["a", "a"]) }
        #expect(throws: WatchedPrefixesError.self) { try WatchedPrefixes(["a", ""]) }
        let many = (0...WatchedPrefixes.maxCount).map { "\($0):" }
        #expect(throws: WatchedPrefixesError.self) { try WatchedPrefixes(many) }
        #expect(try WatchedPrefixes(Array(many.dropLast())).prefixes.count == many.count - 1)
    }

    @Test func `an overlap is one in either direction`() throws {
        let prefixes = try WatchedPrefixes(["app:1"])
        #expect(prefixes.overlap("app:") && prefixes.overlap("app:1:") && prefixes.overlap("app:1"))
        #expect(!prefixes.overlap("app:2"))
    }
}
