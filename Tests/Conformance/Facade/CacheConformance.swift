public import CacheDomain
import TestSupport
import ValueCoding

/// What a user of typed values may rely on, over every store.
public enum CacheConformance: Sendable {
    /// The layers of two processes, and a beginning of keys that nobody else has.
    public struct Subject: Sendable {
        let layers: [CacheLayer]
        let prefix: String

        /// A subject on the layers of two processes.
        public init(_ layers: [CacheLayer], prefix: String) {
            self.layers = layers
            self.prefix = prefix
        }

        func cache(_ namespace: String = "users", of process: Int = 0) -> Cache {
            Cache(
                layers[process],
                namespace: "\(prefix):\(namespace)",
                coder: JSONValueCoder(),
                timeToLive: .seconds(600)
            )
        }
    }

    struct User: Codable, Equatable {
        var name: String
        var age: Int
    }

    static let ada = User(name: "Ada", age: 36)
    static let alan = User(name: "Alan", age: 41)

    /// All promises.
    public static let checks: [Check<Subject>] = values + many + numbers + faults

    private static let values: [Check<Subject>] = [
        Check("What one process sets, all get, until it is removed") { subject in
            let (cache, other) = (subject.cache(), subject.cache(of: 1))
            try require("absent", try await cache.value(User.self, forKey: "1"), is: nil)
            try require("default", try await cache.value(forKey: "1", default: alan), is: alan)
            try require("set", try await cache.setValue(ada, forKey: "1"), is: true)
            for cache in [cache, other] {
                try require("value", try await cache.value(User.self, forKey: "1"), is: ada)
                try require("exists", try await cache.exists("1"), is: true)
            }
            try require("removed", try await other.remove("1"), is: true)
            try require("again", try await other.remove("1"), is: false)
            try await eventually("every process knows") {
                try await cache.value(User.self, forKey: "1") == nil
            }
            try require("exists", try await cache.exists("1"), is: false)
        },
        Check("Values of all types come back as they were") { subject in
            let cache = subject.cache()
            try await cache.setValue("tex\"t \u{E9}\n", forKey: "text")
            try await cache.setValue([1.5, -2], forKey: "list")
            try await cache.setValue(["a": [true, false]], forKey: "map")
            try await cache.setValue(ada as User?, forKey: "optional")
            let text = try await cache.value(String.self, forKey: "text")
            try require("text", text, is: "tex\"t \u{E9}\n")
            try require("list", try await cache.value(forKey: "list"), is: [1.5, -2])
            try require("map", try await cache.value(forKey: "map"), is: ["a": [true, false]])
            try require("optional", try await cache.value(forKey: "optional"), is: ada)
        },
        Check("A value lives as long as it was told, and anew when it is touched") { subject in
            let cache = subject.cache()
            try require("no life", try await cache.lifetime("1"), is: .absent)
            try require("nothing", try await cache.touch("1"), is: false)
            try await cache.setValue(ada, forKey: "1")
            try await requireLife(of: cache, "1", is: 600)
            try await cache.setValue(ada, forKey: "1", timeToLive: .seconds(60))
            try await requireLife(of: cache, "1", is: 60)
            try require("touched", try await cache.touch("1"), is: true)
            try await requireLife(of: cache, "1", is: 600)
            try require("expires", try await cache.expire("1", after: .seconds(30)), is: true)
            try await requireLife(of: cache, "1", is: 30)
        },
        Check("Namespaces do not know each other, and nest") { subject in
            let users = subject.cache()
            let teams = subject.cache("teams")
            let nested = users.namespace("old")
            try await users.setValue(1, forKey: "1")
            try await teams.setValue(2, forKey: "1")
            try await nested.setValue(3, forKey: "1")
            try require("nested", nested.namespace, is: "\(subject.prefix):users:old")
            try require("own", try await users.value(forKey: "1"), is: 1)
            try require("inside", try await users.value(forKey: "old:1"), is: 3)
            try require("removed", try await users.removeAll(), is: 2)
            try require("other", try await teams.value(forKey: "1"), is: 2)
            try require("gone", try await nested.exists("1"), is: false)
        },
    ]

    private static let many: [Check<Subject>] = [
        Check("Many values are set and got in their order, those that are missing as nil") {
            subject in
            let cache = subject.cache()
            let names = (0..<2500).map { "k\($0)" }
            let set = try await cache.setValues(
                names.enumerated().map { (key: $1, value: $0) },
                timeToLive: .seconds(60)
            )
            try require("set", set, is: names.count)
            try await requireLife(of: cache, "k7", is: 60)
            for process in [0, 1] {
                let asked = ["none"] + names.reversed() + ["k1", "k1"]
                let found = try await subject.cache(of: process).values(Int.self, forKeys: asked)
                try require("found", found, is: [nil] + (0..<2500).reversed() + [1, 1])
            }
            try require("removed", try await cache.remove(["k1", "k2", "none"]), is: 2)
            let left = try await cache.values(Int.self, forKeys: ["k1", "k3"])
            try require("left", left, is: [nil, 3])
            try require("none", try await cache.values(Int.self, forKeys: []), is: [])
            try require("no values", try await cache.setValues([String: Int]()), is: 0)
        },
        Check("Keys are found and removed by globs, within the namespace and as its name says") {
            subject in
            let cache = subject.cache("a*[b")
            let other = subject.cache("axxx[b")
            for name in ["u:1", "u:2", "v:1"] {
                try await cache.setValue(1, forKey: name)
                try await other.setValue(1, forKey: name)
            }
            try require("all", try await cache.keys().sorted(), is: ["u:1", "u:2", "v:1"])
            let matching = try await cache.keys(matching: "u:*").sorted()
            try require("matching", matching, is: ["u:1", "u:2"])
            try require("limit", try await cache.keys(limit: 2).count, is: 2)
            try require("removed", try await cache.removeAll(matching: "u:*"), is: 2)
            try require("left", try await cache.keys(), is: ["v:1"])
            try require("others", try await other.keys().count, is: 3)
        },
        Check("What has a tag is removed with it") { subject in
            let cache = subject.cache()
            let tag = "\(subject.prefix)/team"
            try await cache.setValue(1, forKey: "1", tags: [tag])
            try await cache.setValues(["2": 2, "3": 3], tags: [tag, "\(tag)/x"])
            try await cache.setValue(4, forKey: "4")
            try require("removed", try await cache.removeAll(taggedWith: tag), is: 3)
            try require("left", try await cache.keys(), is: ["4"])
        },
    ]

    private static let numbers: [Check<Subject>] = [
        Check("Numbers are counted exactly, whoever counts, and keep their life") { subject in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    let cache = subject.cache(of: task % 2)
                    group.addTask { for _ in 0..<20 { try await cache.increment("n", by: 2) } }
                }
                try await group.waitForAll()
            }
            let cache = subject.cache()
            try require("difference", try await cache.decrement("n", by: 100), is: 300)
            try require("value", try await cache.value(Int.self, forKey: "n"), is: 300)
            try require("below zero", try await cache.decrement("m"), is: -1)
            try await cache.increment("n", timeToLive: .seconds(5))
            try await requireLife(of: cache, "n", is: 600)
        }
    ]

    static func requireLife(
        of cache: Cache,
        _ key: String,
        is seconds: Int
    ) async throws {
        let life = try await cache.lifetime(key)
        guard case .remaining(let left) = life, left <= .seconds(seconds),
            left > .seconds(seconds - 20)
        else { throw BrokenPromise(description: "\(key) lives \(life), not \(seconds) s") }
    }
}
