import CacheDomain

extension StoreConformance {
    static let announcing: [Check<StoreServer>] = [
        Check("The first message has sequence 1, and the position is that of the last") { server in
            let client = try await server.client("a")
            try require("before", try await client.log.position().sequence, is: 0)
            try require("journal", try await client.log.journal(from: 0, limit: 9), is: [])
            for sequence in 1...3 as ClosedRange<UInt64> {
                let position = try await client.store.announce(Announcement(tags: ["t"]))
                try require("sequence", position.sequence, is: sequence)
                try require(!position.epoch.isEmpty, "a log with messages has an epoch")
                try require("position", try await client.log.position(), is: position)
            }
        },
        Check("Each mutation has one message, with its names and node, one after the other") {
            server in
            let first = try await server.client("a")
            let second = try await server.client("b")
            let keys = (0..<4).map { server.key("\($0)") }
            let tag = server.tag("t")
            var expected: [CoherenceMessage] = []
            func expect(_ position: LogPosition, _ node: String, _ announcement: Announcement) {
                expected.append(
                    CoherenceMessage(position: position, node: node, announcement: announcement)
                )
            }
            var receipt = try await first.store.apply(
                Change(writes: [write(keys[0], "v", tags: [tag]), write(keys[1], "v", .ifAbsent)])
            )
            expect(receipt.position, "a", Announcement(keys: [keys[0], keys[1]]))
            receipt = try await second.store.apply(Change(removals: [keys[1], keys[2]]))
            expect(receipt.position, "b", Announcement(keys: [keys[1], keys[2]]))
            receipt = try await first.store.apply(
                Change(removals: [keys[3]], writes: [write(keys[2], "v")])
            )
            expect(receipt.position, "a", Announcement(keys: [keys[3], keys[2]]))
            let scopes = Announcement(tags: [tag], patterns: ["p*"], namespaces: ["n"])
            expect(try await second.store.announce(scopes), "b", scopes)
            _ = try await second.store.purge(.tag(tag)) {
                expect($1, "b", Announcement(keys: $0))
            }
            // What changes nothing is announced too: the caller cannot know.
            receipt = try await first.store.apply(Change(removals: [keys[3]]))
            expect(receipt.position, "a", Announcement(keys: [keys[3]]))
            try require("journal", try await journal(first.log), is: expected)
            try require(
                "sequences",
                expected.map(\.position.sequence),
                is: Array(1...6)
            )
        },
        Check("Mutations at the same time get distinct sequences without a gap") { server in
            let clients = [
                try await server.client("a"), try await server.client("b"),
                try await server.client("c"),
            ]
            let perTask = 50
            var positions: [LogPosition] = []
            try await withThrowingTaskGroup(of: [LogPosition].self) { group in
                for (number, client) in clients.enumerated() {
                    group.addTask {
                        var own: [LogPosition] = []
                        for index in 0..<perTask {
                            let change = Change(removals: [server.key("\(number) \(index)")])
                            own.append(try await client.store.apply(change).position)
                        }
                        return own
                    }
                }
                for try await own in group {
                    try require(own.map(\.sequence) == own.map(\.sequence).sorted(), "in order")
                    positions += own
                }
            }
            let all = Array(1...UInt64(clients.count * perTask))
            try require("sequences", positions.map(\.sequence).sorted(), is: all)
            try require("epochs", Set(positions.map(\.epoch)).count, is: 1)
            let messages = try await journal(clients[0].log)
            try require("journal", messages.map(\.position.sequence), is: all)
        },
        Check("The journal is read from any sequence on, as far as is asked for") { server in
            let client = try await server.client("a")
            for index in 0..<20 {
                _ = try await client.store.announce(Announcement(keys: [server.key("\(index)")]))
            }
            let samples: [(from: UInt64, limit: Int, expected: [UInt64])] = [
                (0, 3, [1, 2, 3]), (1, 1, [1]), (7, 4, [7, 8, 9, 10]), (19, 9, [19, 20]),
                (20, 9, [20]), (21, 9, []),
            ]
            for (from, limit, expected) in samples {
                let page = try await client.log.journal(from: from, limit: limit)
                let found = try page.map { try CoherenceMessage(parsing: $0).position.sequence }
                try require("page of \(limit) from \(from)", found, is: expected)
            }
        },
    ]
}
