import CacheDomain

extension StoreConformance {
    /// Names that something on the way may take for something else.
    private static let odd = [
        "plain", "\"quoted\"", "'single'", "back\\slash", "new\nline", "carriage\r\nreturn",
        "tab\t", "space at the end ", "{brace}", "}{", "[abc]", "*", "a*", "?", "\\*", "caf\u{E9}",
        "cafe\u{301}", "\u{1F468}\u{200D}\u{1F469}", "\u{2028}", "\u{7F}\u{1}", "100%", "$(x)",
        "</script>", "\u{FEFF}mark",
    ]

    static let oddNames: [Check<StoreServer>] = [
        Check("Keys are what their bytes are, whatever characters they form") { server in
            let store = try await server.client("a").store
            let keys = odd.map(server.key)
            let writes = keys.enumerated().map { write($1, "value \($0)") }
            _ = try await store.apply(Change(writes: writes))
            var expected: [String?] = keys.indices.map { "value \($0)" }
            try require("all", try await texts(store, keys), is: expected)
            for index in keys.indices {
                let receipt = try await store.apply(Change(removals: [keys[index]]))
                try require("removals of one key", receipt.removedCount, is: 1)
                expected[index] = nil
                try require("the others", try await texts(store, keys), is: expected)
            }
        },
        Check("Messages name keys, tags and scopes byte for byte") { server in
            let client = try await server.client("node \"one\" \\ caf\u{E9}")
            let keys = odd.map(server.key)
            _ = try await client.store.apply(Change(removals: keys))
            let announcement = Announcement(
                keys: keys,
                tags: odd,
                patterns: odd.map { $0 + "*" },
                namespaces: odd.map { "n" + $0 }
            )
            _ = try await client.store.announce(announcement)
            _ = try await client.store.announce(Announcement(everything: true))
            let messages = try await journal(client.log)
            try require("messages", messages.count, is: 3)
            for message in messages {
                try require("node", message.node, is: "node \"one\" \\ caf\u{E9}")
            }
            let (first, second) = (messages[0].announcement, messages[1].announcement)
            try require("removed keys", bytes(first.keys), is: bytes(keys))
            try require("keys", bytes(second.keys), is: bytes(keys))
            try require("tags", bytes(second.tags), is: bytes(announcement.tags))
            try require("patterns", bytes(second.patterns), is: bytes(announcement.patterns))
            try require("namespaces", bytes(second.namespaces), is: bytes(announcement.namespaces))
            try require(!second.everything, "not everything was announced")
            try require("all", messages[2].announcement, is: Announcement(everything: true))
        },
        Check("Tags are what their bytes are, and their purge takes their members alone") {
            server in
            let store = try await server.client("a").store
            let keys = odd.indices.map { server.key("\($0)") }
            for (key, name) in zip(keys, odd) {
                try await fill(store, [key], tags: [server.tag(name)])
            }
            var expected: [String?] = keys
            for (index, name) in odd.enumerated() {
                let removed = try await store.purge(.tag(server.tag(name))) { _, _ in }
                try require("members of \(name)", removed, is: 1)
                expected[index] = nil
                try require("the others", try await texts(store, keys), is: expected)
            }
        },
        Check("A namespace is no pattern, and ends at its colon") { server in
            let store = try await server.client("a").store
            for name in odd {
                let namespace = server.prefix + "/" + name
                let inside = ["\(namespace):1", "\(namespace):", "\(namespace):a:b*"]
                let outside =
                    [namespace, "\(namespace)x:1", "x\(namespace):1"]
                    + ["a:1", "ab:1", "z:1"].map { "\(server.prefix)/\($0)" }
                try await fill(store, inside + outside)
                let removed = try await store.purge(.namespace(namespace)) { _, _ in }
                try require("keys of \(name)", removed, is: 3)
                try require("inside", try await present(store, inside), is: 0)
                try require("outside", try await present(store, outside), is: outside.count)
            }
        },
    ]
}
