import CacheDomain

extension StoreConformance {
    static let purging: [Check<StoreServer>] = [
        Check("The purge of a tag removes all of many members and announces each") { server in
            let client = try await server.client("a")
            let tag = server.tag("many")
            let own = (0..<manyKeys).map { server.key("own \($0)") }
            let foreign = (0..<10).map { server.key("foreign \($0)") }
            let others = (0..<10).map { server.key("other \($0)") }
            try await fill(client.store, own, tags: [tag])
            try await fill(client.store, foreign)
            try await fill(client.store, others, tags: [server.tag("other")])
            let gone = server.key("gone")
            for key in foreign + [gone] { try await server.addMember(key, tag) }
            let start = try await client.log.position()
            var announced: [(keys: [String], position: LogPosition)] = []
            let removed = try await client.store.purge(.tag(tag)) { announced.append(($0, $1)) }
            try require("keys removed", removed, is: own.count + foreign.count)
            try require("own", try await present(client.store, own), is: 0)
            try require("foreign", try await present(client.store, foreign), is: 0)
            try require("others", try await present(client.store, others), is: others.count)
            try require("members left", try await server.members(tag), is: [])
            try require(
                "announced members",
                Set(announced.flatMap(\.keys)),
                is: Set(own + foreign + [gone])
            )
            let end = try await client.log.position()
            let sequences = announced.map(\.position.sequence)
            try require("sequences", sequences, is: Array(start.sequence + 1..<end.sequence + 1))
            let messages = try await journal(client.log)
                .filter {
                    $0.position.sequence > start.sequence
                }
            try require("journal", messages.map(\.announcement.keys), is: announced.map(\.keys))
        },
        Check("The purge of a tag without members does and says nothing") { server in
            let client = try await server.client("a")
            try await fill(client.store, [server.key("one")], tags: [server.tag("once")])
            for expected in [1, 0] {
                let removed = try await client.store.purge(.tag(server.tag("once"))) { _, _ in }
                try require("keys removed", removed, is: expected)
            }
            let before = try await client.log.position()
            let removed = try await client.store.purge(.tag(server.tag("never"))) { _, _ in }
            try require("keys removed", removed, is: 0)
            try require("position", try await client.log.position(), is: before)
        },
        Check("The purge of a pattern removes all of many keys, leaves others") { server in
            let client = try await server.client("a")
            let inside = (0..<manyKeys).map { server.key("list:\($0)") }
            let outside = (0..<20).map { server.key("item:\($0)") } + [server.key("list")]
            try await fill(client.store, inside + outside)
            let before = try await client.log.position()
            let removed = try await client.store.purge(.pattern("\(server.prefix):list:*")) {
                _,
                _ in
            }
            try require("keys removed", removed, is: manyKeys)
            try require("inside", try await present(client.store, inside), is: 0)
            try require("outside", try await present(client.store, outside), is: outside.count)
            try require("position", try await client.log.position(), is: before)
        },
        Check("A pattern means what Redis means by it") { server in
            let store = try await server.client("a").store
            let names = ["a1b", "a12b", "ab", "aXb", "a*b", "a?b", "a^b", "a-b", "[a]"]
            let keys = names.map(server.key)
            let samples: [(glob: String, names: [String])] = [
                ("a?b", ["a1b", "aXb", "a*b", "a?b", "a^b", "a-b"]), ("a\\*b", ["a*b"]),
                ("a[0-9]b", ["a1b"]), ("a[^0-9]b", ["aXb", "a*b", "a?b", "a^b", "a-b"]),
                ("a*b", ["a1b", "a12b", "ab", "aXb", "a*b", "a?b", "a^b", "a-b"]),
                ("\\[a]", ["[a]"]), ("A*", []),
            ]
            for (glob, matching) in samples {
                try await fill(store, keys)
                let removed = try await store.purge(.pattern(server.key(glob))) { _, _ in }
                try require("keys that match \(glob)", removed, is: matching.count)
                let left = try await texts(store, keys)
                let expected = names.map { matching.contains($0) ? nil : server.key($0) }
                try require("keys beside \(glob)", left, is: expected)
            }
        },
        Check("The purge of a namespace removes all of many keys, leaves others") { server in
            let client = try await server.client("a")
            let inside = (0..<manyKeys).map { server.key("ns:\($0)") }
            let outside = [server.key("ns"), server.key("nsx:1"), server.key("other:1")]
            try await fill(client.store, inside + outside)
            let before = try await client.log.position()
            let removed = try await client.store.purge(.namespace(server.key("ns"))) { _, _ in }
            try require("keys removed", removed, is: manyKeys)
            try require("inside", try await present(client.store, inside), is: 0)
            try require("outside", try await present(client.store, outside), is: outside.count)
            try require("position", try await client.log.position(), is: before)
        },
        Check("Members whose key is gone leave all tags, the others stay") { server in
            let store = try await server.client("a").store
            let tags = [server.tag("one"), server.tag("two")]
            let (living, dead) = (server.key("living"), server.key("dead"))
            try await fill(store, [living, dead], tags: tags)
            try await server.addMember(server.key("never"), tags[0])
            let many = (0..<manyKeys).map { server.key("\($0)") }
            try await fill(store, many, tags: [server.tag("empty")])
            for start in stride(from: 0, to: many.count, by: stepLength) {
                _ = try await store.apply(
                    Change(removals: Array(many[start..<start + stepLength]))
                )
            }
            _ = try await store.apply(Change(removals: [dead]))
            // Other tags of the same server may have had orphans too.
            let removed = try await store.removeOrphanedTagMembers()
            try require(removed >= manyKeys + 3, "only \(removed) orphans were removed")
            for tag in tags {
                try require("members of \(tag)", try await server.members(tag), is: [living])
            }
            try require("empty tag", try await server.members(server.tag("empty")), is: [])
        },
    ]
}
