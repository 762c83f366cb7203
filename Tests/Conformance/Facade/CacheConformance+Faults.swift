import CacheDomain
import TestSupport

extension CacheConformance {
    static let faults: [Check<Subject>] = [
        Check("What cannot be decoded is a miss, is removed everywhere, and is counted") {
            subject in
            let cache = subject.cache()
            try await subject.cache(of: 1).setValue("no user", forKey: "1")
            let before = cache.statistics
            try require("none", try await cache.value(User.self, forKey: "1"), is: nil)
            try require("gone", try await cache.exists("1"), is: false)
            try require("corrupt", cache.statistics.corrupt - before.corrupt, is: 1)
            try require("misses", cache.statistics.misses - before.misses, is: 1)
            try await cache.setValues(["2": ada])
            try await cache.setValue("no user", forKey: "3")
            let found = try await cache.values(User.self, forKeys: ["2", "3"])
            try require("of many", found, is: [ada, nil])
        },
        Check("What cannot be encoded is not kept, and does not take others along") { subject in
            let cache = subject.cache()
            try require("set", try await cache.setValue(Double.nan, forKey: "1"), is: false)
            let kept = try await cache.setValues(["1": Double.infinity, "2": 2])
            try require("kept", kept, is: 1)
            try require("keys", try await cache.keys(), is: ["2"])
            try require("counted", cache.statistics.unencodable, is: 2)
        },
        Check("A loaded value is returned, whatever the cache can do with it") { subject in
            let cache = subject.cache()
            let odd = try await cache.value(forKey: "odd") { Double.infinity }
            try require("unencodable", odd, is: .infinity)
            try await cache.setValue("no user", forKey: "1")
            let user = try await cache.value(forKey: "1") { ada }
            try require("loaded", user, is: ada)
            let kept = try await subject.cache(of: 1).value(User.self, forKey: "1")
            try require("kept", kept, is: ada)
            let none = try await cache.value(User.self, forKey: "none") { nil }
            try require("none", none, is: nil)
        },
        Check("A structure of another kind is told, and stays") { subject in
            let cache = subject.cache()
            let key = try cache.fullKey("list")
            let list = StructureRequest.append([1], to: key, limit: 5, timeToLive: .seconds(60))
            _ = try await subject.layers[0].run(list)
            let (value, sum) = (
                await code { _ = try await cache.value(Int.self, forKey: "list") },
                await code { try await cache.increment("list") }
            )
            try require("increment", sum, is: .operation)
            // In memory a value is a string, and there is none.
            try require(value == nil || value == .operation, "value: \(String(describing: value))")
            try require("stays", try await subject.layers[0].run(.elements(key)), is: [[1]])
        },
        Check("Names, times and amounts that cannot be are refused") { subject in
            let cache = subject.cache()
            let empty = await code { try await cache.setValue(1, forKey: "") }
            try require("empty", empty, is: .key)
            let one = await code { _ = try await cache.values(Int.self, forKeys: ["1", ""]) }
            try require("one of many", one, is: .key)
            let tag = await code { try await cache.removeAll(taggedWith: "") }
            try require("tag", tag, is: .key)
            let zero = await code {
                try await cache.setValue(1, forKey: "k", timeToLive: .zero)
            }
            try require("zero", zero, is: .timeToLive)
            let past = await code { try await cache.expire("k", after: .seconds(-1)) }
            try require("past", past, is: .timeToLive)
            let amount = await code { try await cache.decrement("n", by: .min) }
            try require("amount", amount, is: .operation)
            try await cache.setValue("text", forKey: "text")
            let text = await code { try await cache.increment("text") }
            try require("text", text, is: .operation)
        },
    ]

    private static func code(_ body: () async throws -> Void) async -> CacheError.Code? {
        do { try await body() } catch { return (error as? CacheError)?.code }
        return nil
    }
}
