import CacheDomain
import TestSupport

extension StoreConformance {
    private static func texts(_ messages: [ArraySlice<UInt8>]) -> [String] {
        messages.map { String(decoding: $0, as: UTF8.self) }
    }

    static let following: [Check<StoreServer>] = [
        Check("All readers hear every message in order, as it stands in the journal") { server in
            let client = try await server.client("a")
            let reader = try await server.client("b")
            _ = try await client.store.announce(Announcement(keys: ["before"]))
            try await LogListener.listening(to: client.log) { first in
                try await LogListener.listening(to: reader.log) { second in
                    for index in 0..<100 {
                        let sender = index % 2 == 0 ? client.store : reader.store
                        let change = Change(removals: [server.key("caf\u{E9} \"\(index)\"")])
                        _ = try await sender.apply(change)
                    }
                    let journal = try await client.log.journal(from: 2, limit: 200)
                    try require("journal", journal.count, is: 100)
                    let expected = texts(journal)
                    let (own, other) = (
                        try await first.messages(count: 100), try await second.messages(count: 100)
                    )
                    try require("first", texts(own), is: expected)
                    try require("second", texts(other), is: expected)
                    try require("first signal", first.signals.first, is: .subscribed)
                    try require("second signal", second.signals.first, is: .subscribed)
                }
            }
        },
        Check("Who hears of a change finds it in the store") { server in
            let client = try await server.client("a")
            let reader = try await server.client("b")
            try await LogListener.listening(to: reader.log) { listener in
                for round in 1...20 {
                    let key = server.key("\(round)")
                    _ = try await client.store.apply(Change(writes: [write(key, "v")]))
                    _ = try await listener.messages(count: 2 * round - 1)
                    try require("written", try await texts(reader.store, [key]), is: ["v"])
                    _ = try await client.store.apply(Change(removals: [key]))
                    _ = try await listener.messages(count: 2 * round)
                    try require("removed", try await texts(reader.store, [key]), is: [nil])
                }
            }
        },
        Check("A heartbeat repeats the position, names nothing and is not kept") { server in
            let client = try await server.client("a")
            let reader = try await server.client("b")
            try await LogListener.listening(to: reader.log) { listener in
                var count = 0
                for sequence in 0...2 as ClosedRange<UInt64> {
                    if sequence > 0 {
                        _ = try await client.store.announce(Announcement(keys: ["k"]))
                        count += 1
                    }
                    try await client.log.sendHeartbeat(canary: "mine")
                    count += 1
                    let position = try await client.log.position()
                    try require("sequence", position.sequence, is: sequence)
                    let last = try await listener.messages(count: count).last
                    let expected = CoherenceMessage(
                        position: position,
                        node: "a",
                        announcement: Announcement(),
                        canary: "mine"
                    )
                    let message = try last.map { try untimed($0) }
                    try require("heartbeat", message, is: expected)
                }
                try require("journal", try await journal(client.log).count, is: 2)
                try require("messages heard", listener.messages.count, is: count)
            }
        },
        Check("Every message says when it was published, by one clock that does not go back") {
            server in
            let client = try await server.client("a")
            try await LogListener.listening(to: client.log) { listener in
                _ = try await client.store.announce(Announcement(keys: ["k"]))
                try await client.log.sendHeartbeat(canary: "mine")
                _ = try await client.store.apply(Change(removals: [server.key("k")]))
                let times = try await listener.messages(count: 3)
                    .map { try CoherenceMessage(parsing: $0).publishedAt }
                let known = times.compactMap(\.self)
                try require("times", known.count, is: 3)
                try require(known == known.sorted(), "the clock goes back: \(known)")
                try require(known.allSatisfy { $0 >= .zero }, "before its beginning: \(known)")
            }
        },
        Check("Following ends with its task, and only with that") { server in
            let client = try await server.client("a")
            let listener = LogListener()
            try await LogListener.listening(to: client.log) { other in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await listener.follow(client.log) }
                    _ = try await client.store.announce(Announcement(keys: ["k"]))
                    _ = try await other.messages(count: 1)
                    try await eventually("subscribed") { !listener.signals.isEmpty }
                    try require(!listener.hasEnded, "following ended by itself")
                    group.cancelAll()
                }
                try require(listener.hasEnded, "following goes on after its task")
                _ = try await client.store.announce(Announcement(keys: ["k"]))
                _ = try await other.messages(count: 2)
            }
        },
    ]
}
