import CacheDomain
import TestSupport

extension StoreConformance {
    static let values: [Check<StoreServer>] = [
        Check("Values come in the order of their keys, nil where there is none") { server in
            let store = try await server.client("a").store
            let keys = ["one", "two", "three"].map(server.key)
            try await fill(store, [keys[0], keys[2]])
            let found = try await texts(store, [keys[2], keys[1], keys[0], keys[2]])
            try require("values", found, is: [keys[2], nil, keys[0], keys[2]])
        },
        Check("A value keeps its bytes, and no key is asked for in vain") { server in
            let store = try await server.client("a").store
            let samples: [[UInt8]] = [
                [], [0], Array("a\r\n$5\r\nb".utf8), [0xFF, 0xC0, 0x80], Array(0...255),
                [UInt8](repeating: 7, count: 300_000),
            ]
            let keys = samples.indices.map { server.key("bytes \($0)") }
            let writes = zip(keys, samples)
                .map { key, value in
                    CacheWrite(key: key, value: value, timeToLive: .seconds(600))
                }
            _ = try await store.apply(Change(writes: writes))
            let found = try await store.values(forKeys: keys).values
            try require("bytes", found.map { $0?.bytes }, is: samples)
            try require("no keys", try await store.values(forKeys: []).values, is: [])
        },
        Check("A value tells how long it has to live, and is gone afterwards") { server in
            let store = try await server.client("a").store
            let (long, short) = (server.key("long"), server.key("short"))
            let writes = [
                CacheWrite(key: long, value: [1], timeToLive: .seconds(600)),
                CacheWrite(key: short, value: [2], timeToLive: .milliseconds(40)),
            ]
            _ = try await store.apply(Change(writes: writes))
            let remaining = try await store.values(forKeys: [long]).values[0]?.remaining ?? .zero
            try require(remaining > .seconds(1) && remaining <= .seconds(600), "\(remaining)")
            try await eventually("the value has expired") {
                try await store.values(forKeys: [short]).values == [nil]
            }
        },
        Check("A reading is not newer than the position it tells") { server in
            let client = try await server.client("a")
            for number in 1...3 as ClosedRange<UInt8> {
                let key = server.key("\(number)")
                let write = CacheWrite(key: key, value: [number], timeToLive: .seconds(600))
                let receipt = try await client.store.apply(Change(writes: [write]))
                let reading = try await client.store.values(forKeys: [key])
                try require("value", reading.values.first??.bytes, is: [number])
                // Nil where the log is on another server.
                if let position = reading.position {
                    try require("position", position, is: receipt.position)
                }
            }
        },
        Check("A removal takes what is there and counts it") { server in
            let store = try await server.client("a").store
            let keys = (0..<4).map { server.key("\($0)") }
            try await fill(store, Array(keys[0...2]))
            let removals = [keys[0], keys[3], keys[1], keys[0]]
            let receipt = try await store.apply(Change(removals: removals))
            try require("keys that existed", receipt.removedCount, is: 2)
            try require("outcomes of writes", receipt.written, is: [])
            try require("rest", try await texts(store, keys), is: [nil, nil, keys[2], nil])
        },
        Check("One client sees what another one wrote and removed") { server in
            let first = try await server.client("a").store
            let second = try await server.client("b").store
            let key = server.key("shared")
            _ = try await first.apply(Change(writes: [write(key, "from a")]))
            try require("written", try await texts(second, [key]), is: ["from a"])
            _ = try await second.apply(Change(removals: [key]))
            try require("removed", try await texts(first, [key]), is: [nil])
        },
        Check("A write that gives way changes neither value nor tags") { server in
            let store = try await server.client("a").store
            let (key, other) = (server.key("there"), server.key("absent"))
            let (kept, refused) = (server.tag("kept"), server.tag("refused"))
            _ = try await store.apply(Change(writes: [write(key, "old", tags: [kept])]))
            let writes = [
                write(key, "new", tags: [refused], .ifAbsent),
                write(other, "new", tags: [kept], .ifAbsent),
            ]
            let receipt = try await store.apply(Change(writes: writes))
            try require("which took place", receipt.written, is: [false, true])
            try require("values", try await texts(store, [key, other]), is: ["old", "new"])
            try require("tag of the refused", try await server.members(refused), is: [])
            try require(
                "tag of both",
                sortedBytes(try await server.members(kept)),
                is: sortedBytes([key, other])
            )
        },
        Check("In one change removals come first, and of two writes the last stands") { server in
            let store = try await server.client("a").store
            let (key, other) = (server.key("key"), server.key("other"))
            try await fill(store, [key, other])
            let change = Change(
                removals: [key, other],
                writes: [
                    write(key, "first", .ifAbsent), write(key, "second"),
                    write(key, "third", .ifAbsent),
                ]
            )
            let receipt = try await store.apply(change)
            try require("removed", receipt.removedCount, is: 2)
            try require("written", receipt.written, is: [true, true, false])
            try require("values", try await texts(store, [key, other]), is: ["second", nil])
        },
        Check("A key becomes a member of all its tags, and stays one of earlier ones") { server in
            let store = try await server.client("a").store
            let key = server.key("tagged")
            let tags = ["one", "two", "three"].map(server.tag)
            let writes = [
                write(key, "1", tags: [tags[0], tags[1]]), write(key, "2", tags: [tags[2]]),
            ]
            for write in writes { _ = try await store.apply(Change(writes: [write])) }
            for tag in tags {
                try require("members of \(tag)", try await server.members(tag), is: [key])
            }
        },
    ]
}
