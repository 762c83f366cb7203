import CacheDomain
import TestSupport

extension StoreConformance {
    /// Who may load a value from its source, and whose value is refused.
    public static let loading: [Check<StoreServer>] = claiming + filling + ending

    private static func lease(_ key: String, for time: Duration = .seconds(600)) -> LoadLease {
        LoadLease(key: key, timeToLive: time)
    }

    private static func claim(
        _ store: any RemoteStore,
        _ lease: LoadLease
    ) async throws -> LoadClaim {
        try await store.claim(lease, unlessLivesLonger: .zero)
    }

    /// What becomes of the value that was loaded under the lease.
    private static func fill(
        _ store: any RemoteStore,
        under lease: LoadLease,
        _ text: String = "loaded",
        tags: [String] = []
    ) async throws -> CacheWrite.Outcome {
        let write = write(lease.key, text, tags: tags, .leased(lease.token))
        let receipt = try await store.apply(Change(writes: [write]))
        try require("outcomes", receipt.outcomes.count, is: 1)
        return receipt.outcomes[0]
    }

    private static let claiming: [Check<StoreServer>] = [
        Check("One at a time has the lease of a key, until it is given back") { server in
            let (one, two) = (
                try await server.client("a").store, try await server.client("b").store
            )
            let key = server.key("café {1}\n\"")
            let (first, second) = (lease(key), lease(key))
            try require("first", try await claim(one, first), is: .granted)
            guard case .held(let remaining) = try await claim(two, second) else {
                return try require(false, "two have the lease")
            }
            try require(remaining > .seconds(60) && remaining <= .seconds(600), "\(remaining)")
            try require("again", try await claim(one, first), is: .granted)
            try await two.release(second)
            try require(try await claim(two, second) != .granted, "who has none gave it back")
            try require("other key", try await claim(two, lease(key + "2")), is: .granted)
            try await one.release(first)
            try require("given back", try await claim(two, second), is: .granted)
        },
        Check("Of many who ask at the same time one gets the lease") { server in
            let store = try await server.client("a").store
            let key = server.key("wanted")
            let claims = try await withThrowingTaskGroup(of: LoadClaim.self) { group in
                for _ in 0..<20 { group.addTask { try await claim(store, lease(key)) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try require("granted", claims.count { $0 == .granted }, is: 1)
        },
        Check("A value that lives long enough makes loading needless") { server in
            let store = try await server.client("a").store
            let key = server.key("there")
            _ = try await store.apply(Change(writes: [write(key, "v")]))
            let samples: [(minimum: Duration, claim: LoadClaim)] = [
                (.zero, .present), (.seconds(60), .present), (.seconds(601), .granted),
            ]
            for (minimum, expected) in samples {
                let found = try await store.claim(lease(key), unlessLivesLonger: minimum)
                try require("with \(minimum) at least", found, is: expected)
            }
        },
        Check("A lease ends with its time, and can be prolonged before") { server in
            let store = try await server.client("a").store
            let key = server.key("dead")
            let (dead, next) = (lease(key, for: .milliseconds(40)), lease(key))
            try require("first", try await claim(store, dead), is: .granted)
            try await eventually("the lease has ended") {
                try await claim(store, next) == .granted
            }
            try require("prolonged too late", try await store.renew(dead), is: false)
            try require("written too late", try await fill(store, under: dead), is: .leaseLost)
            try require("nothing", try await texts(store, [key]), is: [nil])

            let longer = LoadLease(key: key, token: next.token, timeToLive: .seconds(6000))
            try require("prolonged", try await store.renew(longer), is: true)
            guard case .held(let remaining) = try await claim(store, lease(key)) else {
                return try require(false, "the lease is not held")
            }
            try require(remaining > .seconds(1000), "\(remaining) left of 6,000 s")
            try require("written", try await fill(store, under: next), is: .written)
        },
    ]

    private static let filling: [Check<StoreServer>] = [
        Check("A value that was loaded is written as any other, and ends the lease") { server in
            let client = try await server.client("a")
            let (key, tag) = (server.key("loaded"), server.tag("loaded"))
            let lease = lease(key)
            try require("claim", try await claim(client.store, lease), is: .granted)
            let before = try await client.log.position()
            try require(
                "fill",
                try await fill(client.store, under: lease, tags: [tag]),
                is: .written
            )
            let stored = try await client.store.values(forKeys: [key]).values[0]
            try require("value", stored?.bytes, is: Array("loaded".utf8))
            let remaining = stored?.remaining ?? .zero
            try require(remaining > .seconds(60) && remaining <= .seconds(600), "\(remaining)")
            try require("tag", try await server.members(tag), is: [key])
            let message = try await journal(client.log).last
            try require("message", message?.announcement, is: Announcement(keys: [key]))
            try require(message?.position.sequence ?? 0 > before.sequence, "it was not announced")
            try require("renewal", try await client.store.renew(lease), is: false)
            try require("twice", try await fill(client.store, under: lease, "2"), is: .leaseLost)
            try require("stays", try await texts(client.store, [key]), is: ["loaded"])
        },
        Check("Without the lease nothing is written, and the holder keeps it") { server in
            let store = try await server.client("a").store
            let (key, tag) = (server.key("k"), server.tag("refused"))
            let (holder, released) = (lease(key), lease(key))
            for lease in [lease(key), released] {
                let outcome = try await fill(store, under: lease, tags: [tag])
                try require("nobody has it", outcome, is: .leaseLost)
            }
            try require("claim", try await claim(store, released), is: .granted)
            try await store.release(released)
            try require("claim", try await claim(store, holder), is: .granted)
            let outcome = try await fill(store, under: released, tags: [tag])
            try require("another has it", outcome, is: .leaseLost)
            try require("values", try await texts(store, [key]), is: [nil])
            try require("tag", try await server.members(tag), is: [])
            try require("holder", try await fill(store, under: holder), is: .written)
        },
    ]

    private static let ending: [Check<StoreServer>] = [
        Check("Whatever changes a key, or purges what covers it, ends its lease") { server in
            let store = try await server.client("a").store
            let other = try await server.client("b").store
            let (key, tag) = (server.key("ns:k"), server.tag("t"))
            func purge(_ scope: PurgeScope) async throws {
                _ = try await other.purge(scope) { _, _ in }
            }
            let written = write(key, "other", tags: [tag])
            let changes: [(name: String, make: () async throws -> Void)] = [
                ("a removal", { _ = try await other.apply(Change(removals: [key])) }),
                ("a write", { _ = try await other.apply(Change(writes: [written])) }),
                (
                    "a write of what is absent",
                    { _ = try await other.apply(Change(writes: [write(key, "o", .ifAbsent)])) }
                ),
                ("a transaction", { _ = try await other.perform([.remove(key: key)]) }),
                ("a pattern", { try await purge(.pattern("\(server.prefix):n?:*")) }),
                ("a namespace", { try await purge(.namespace(server.key("ns"))) }),
                ("everything", { try await purge(.pattern("\(server.prefix)*")) }),
            ]
            for isThere in [false, true] {
                for (name, make) in changes where !isThere || name != changes[2].name {
                    _ = try await store.apply(Change(removals: [key]))
                    if isThere { _ = try await store.apply(Change(writes: [written])) }
                    let lease = lease(key)
                    let claim = try await store.claim(lease, unlessLivesLonger: .seconds(6000))
                    try require("claim before \(name)", claim, is: .granted)
                    try await make()
                    let left = try await texts(store, [key])
                    try require("renewal after \(name)", try await store.renew(lease), is: false)
                    let outcome = try await fill(store, under: lease)
                    try require("fill after \(name)", outcome, is: .leaseLost)
                    try require("value after \(name)", try await texts(store, [key]), is: left)
                }
            }
        },
        Check("What changes other keys leaves a lease alone") { server in
            let store = try await server.client("a").store
            let key = server.key("ns:k")
            let lease = lease(key)
            try require("claim", try await claim(store, lease), is: .granted)
            let others = [server.key("ns:"), server.key("ns"), server.key("ns:k2"), "k\(key)"]
            _ = try await store.apply(Change(removals: others, writes: [write(others[2], "v")]))
            for scope: PurgeScope in [
                .namespace(server.key("n")), .namespace(server.key("ns:k")),
                .pattern("\(server.prefix):ns:?2"), .pattern("k\(server.prefix)*"),
                .tag(server.tag("t")),
            ] {
                _ = try await store.purge(scope) { _, _ in }
            }
            let outcome = try await fill(store, under: lease, tags: [server.tag("u")])
            try require("fill", outcome, is: .written)
        },
        Check("A value is refused when one of its tags was purged while it was loaded") { server in
            let store = try await server.client("a").store
            let (tag, other) = (server.tag("t"), server.tag("other"))
            let keys = (0..<4).map { server.key("\($0)") }
            let leases = keys.map { lease($0) }
            for lease in leases.dropLast() {
                try require("claim", try await claim(store, lease), is: .granted)
            }
            // It has no members: what will have the tag is known later.
            _ = try await store.purge(.tag(tag)) { _, _ in }
            try require("claim", try await claim(store, leases[3]), is: .granted)
            let samples: [(tags: [String], outcome: CacheWrite.Outcome)] = [
                ([other, tag], .leaseLost), ([other], .written), ([], .written), ([tag], .written),
            ]
            for (lease, sample) in zip(leases, samples) {
                let outcome = try await fill(store, under: lease, tags: sample.tags)
                try require("with \(sample.tags)", outcome, is: sample.outcome)
            }
            try require("members", try await server.members(tag), is: [keys[3]])
        },
        Check("The member of a tag that is purged is not filled by who loaded it") { server in
            let store = try await server.client("a").store
            let (key, tag) = (server.key("k"), server.tag("t"))
            _ = try await store.apply(Change(writes: [write(key, "old", tags: [tag])]))
            let lease = lease(key)
            _ = try await store.claim(lease, unlessLivesLonger: .seconds(6000))
            _ = try await store.purge(.tag(tag)) { _, _ in }
            // Even when it does not say that it belongs to the tag.
            try require("fill", try await fill(store, under: lease), is: .leaseLost)
        },
        Check("Of many leases and purges none is taken for another") { server in
            let store = try await server.client("a").store
            let purged = server.tag("purged")
            let (early, late) = (lease(server.key("early")), lease(server.key("late")))
            try require("claim", try await claim(store, early), is: .granted)
            _ = try await store.purge(.tag(purged)) { _, _ in }
            for number in 0..<700 {
                _ = try await store.purge(.tag(server.tag("\(number)"))) { _, _ in }
                let dead = lease(server.key("\(number)"), for: .milliseconds(1))
                try require("claim", try await claim(store, dead), is: .granted)
            }
            try require("claim", try await claim(store, late), is: .granted)
            let refused = try await fill(store, under: early, tags: [purged])
            try require("purged long ago", refused, is: .leaseLost)
            try require("no tags", try await fill(store, under: early), is: .written)
            let written = try await fill(store, under: late, tags: [purged])
            try require("purged before", written, is: .written)
        },
    ]
}
