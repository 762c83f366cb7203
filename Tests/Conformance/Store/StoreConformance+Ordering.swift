import CacheDomain
import Codecs

extension StoreConformance {
    /// The n-th moment of the clock that all streams share.
    static func at(_ number: Int) -> OrderStamp {
        let id = Array("1700000000000-\(number)".utf8)
        guard let stamp = OrderStamp(entryID: id[...], ofStream: 0) else {
            preconditionFailure("it is an id")
        }
        return stamp
    }

    /// The n-th moment of a producer's clock.
    static func producer(_ name: String, _ number: Int) -> OrderStamp {
        guard
            let stamp = OrderStamp(
                producer: name,
                milliseconds: 1_700_000_000_000 + Int64(number),
                nanoseconds: 0
            )
        else { preconditionFailure("the time is after 1970") }
        return stamp
    }

    private static func write(
        _ key: String,
        _ text: String,
        tags: [String] = [],
        _ condition: CacheWrite.Condition = .always,
        at stamp: OrderStamp?
    ) -> Change {
        var item = write(key, text, tags: tags, condition)
        item.stamp = stamp
        return Change(writes: [item])
    }

    private static func remove(_ key: String, at stamp: OrderStamp?) -> Change {
        Change(removals: [key], removalStamps: [stamp])
    }

    /// What the promises about the order of changes are.
    public static let ordering: [Check<StoreServer>] = [
        Check("A write that is older than a removal of its key is superseded, others are not") {
            server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let (key, other) = (server.key("k"), server.key("other"))
            _ = try await store.apply(remove(key, at: at(5)))
            var receipt = try await store.apply(write(key, "old", at: at(4)))
            try require("older", receipt.outcomes, is: [.superseded])
            try require("value", try await texts(store, [key]), is: [nil])
            receipt = try await store.apply(write(other, "old", at: at(4)))
            try require("another key", receipt.outcomes, is: [.written])
            receipt = try await store.apply(write(key, "new", at: at(6)))
            try require("newer", receipt.outcomes, is: [.written])
            receipt = try await store.apply(write(key, "new", at: at(6)))
            try require("the same again", receipt.outcomes, is: [.written])
            try require("value", try await texts(store, [key]), is: ["new"])
        },
        Check("Of two writes the later one stays, and so it does before an older removal") {
            server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let key = server.key("k")
            _ = try await store.apply(write(key, "new", at: at(7)))
            let receipt = try await store.apply(write(key, "old", at: at(3)))
            try require("older write", receipt.outcomes, is: [.superseded])
            let removal = try await store.apply(remove(key, at: at(5)))
            try require("older removal", removal.removedCount, is: 0)
            try require("value", try await texts(store, [key]), is: ["new"])
            let both = Change(removals: [key, key], removalStamps: [at(5), at(8)])
            _ = try await store.apply(both)
            try require("value", try await texts(store, [key]), is: [nil])
        },
        Check("What has no stamp, or one of another clock, changes whatever is there") { server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let key = server.key("k")
            let moments = [at(9), producer("a", 9), producer("b", 1), nil]
            for (index, moment) in moments.enumerated() {
                let receipt = try await store.apply(write(key, "\(index)", at: moment))
                try require("written", receipt.outcomes, is: [.written])
                try require("value", try await texts(store, [key]), is: ["\(index)"])
            }
            for moment in [producer("c", 0), nil] {
                let receipt = try await store.apply(remove(key, at: moment))
                try require("removed", receipt.removedCount, is: 1)
                _ = try await store.apply(write(key, "again", at: nil))
            }
            let receipt = try await store.apply(write(key, "late", at: producer("a", 8)))
            try require("of its own clock", receipt.outcomes, is: [.superseded])
        },
        Check("A producer's removal needs no sign that an older write is under way") { server in
            let store = try await server.client("a").store
            let key = server.key("k")
            _ = try await store.apply(remove(key, at: producer("a", 5)))
            var receipt = try await store.apply(write(key, "old", at: producer("a", 4)))
            try require("older", receipt.outcomes, is: [.superseded])
            let scope = PurgeScope.namespace("\(server.prefix):n")
            _ = try await store.purge(scope, stamp: producer("a", 5)) { _, _ in }
            let inside = server.key("n:1")
            receipt = try await store.apply(write(inside, "old", at: producer("a", 4)))
            try require("older, purged", receipt.outcomes, is: [.superseded])
            receipt = try await store.apply(write(inside, "other", at: producer("b", 4)))
            try require("of another clock", receipt.outcomes, is: [.written])
        },
        Check("A write that gives way and has given way leaves the order as it was") { server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let key = server.key("k")
            _ = try await store.apply(write(key, "2", at: at(2)))
            var receipt = try await store.apply(write(key, "5", .ifAbsent, at: at(5)))
            try require("present", receipt.outcomes, is: [.present])
            receipt = try await store.apply(write(key, "3", at: at(3)))
            try require("later than what is there", receipt.outcomes, is: [.written])
            _ = try await store.apply(remove(key, at: at(6)))
            receipt = try await store.apply(write(key, "5", .ifAbsent, at: at(5)))
            try require("absent, but older", receipt.outcomes, is: [.superseded])
        },
        Check("A purge keeps older writes out and leaves later ones alone") { server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let tag = server.tag("t")
            let scopes: [PurgeScope] = [
                .tag(tag), .namespace("\(server.prefix):n"), .pattern("\(server.prefix):p?*"),
            ]
            let names = ["tagged", "n:1", "p1"]
            for (scope, name) in zip(scopes, names) {
                let (old, late) = (server.key("\(name)old"), server.key("\(name)late"))
                let new = server.key("\(name)new")
                let tags = name == "tagged" ? [tag] : []
                _ = try await store.apply(write(old, "1", tags: tags, at: at(1)))
                _ = try await store.apply(write(new, "9", tags: tags, at: at(9)))
                let removed = try await store.purge(scope, stamp: at(5)) { _, _ in }
                try require("\(scope): removed", removed, is: 1)
                var receipt = try await store.apply(write(late, "4", tags: tags, at: at(4)))
                try require("\(scope): older", receipt.outcomes, is: [.superseded])
                try require(
                    "\(scope): values",
                    try await texts(store, [old, late, new]),
                    is: [nil, nil, "9"]
                )
                receipt = try await store.apply(write(late, "6", tags: tags, at: at(6)))
                try require("\(scope): later", receipt.outcomes, is: [.written])
                _ = try await store.purge(scope, stamp: at(7)) { _, _ in }
                try require("\(scope): again", try await texts(store, [late]), is: [nil])
            }
        },
        Check("The purge of a tag holds for keys whose write with the tag comes late") { server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let (key, other) = (server.key("k"), server.key("other"))
            let tag = server.tag("t")
            _ = try await store.purge(.tag(tag), stamp: at(3)) { _, _ in }
            _ = try await store.apply(write(key, "2", at: at(2)))
            _ = try await store.apply(write(key, "1", tags: [tag], at: at(1)))
            try require("purged with its tag", try await texts(store, [key]), is: [nil])
            _ = try await store.apply(write(other, "5", at: at(5)))
            _ = try await store.apply(write(other, "4", tags: [tag], at: at(4)))
            try require("the later write", try await texts(store, [other]), is: ["5"])
            _ = try await store.purge(.tag(tag), stamp: at(6)) { _, _ in }
            try require("has the tag too", try await texts(store, [other]), is: [nil])
        },
        Check("What is no longer remembered counts as later: a miss, never an old value") {
            server in
            let store = try await server.client("a").store
            try await server.unsettle()
            let key = server.key("k")
            _ = try await store.apply(remove(key, at: at(2)))
            // Three generations of fences.
            for round in 0..<310 {
                let names = (0..<1000).map { "\(round) \($0)" }
                let stamps = Array(repeating: at(10 + round) as OrderStamp?, count: names.count)
                _ = try await store.apply(Change(removals: names, removalStamps: stamps))
            }
            for (moment, outcome) in [(1, CacheWrite.Outcome.superseded), (400, .written)] {
                let receipt = try await store.apply(write(key, "\(moment)", at: at(moment)))
                try require("outcome", receipt.outcomes, is: [outcome])
            }
            for round in 0..<1100 {
                _ = try await store.purge(.namespace("n\(round)"), stamp: at(500 + round)) {
                    _,
                    _ in
                }
            }
            let receipt = try await store.apply(write("n1:k", "v", at: at(499)))
            try require("beyond the scopes", receipt.outcomes, is: [.superseded])
        },
    ]
}
