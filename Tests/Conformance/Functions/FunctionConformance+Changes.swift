import CacheDomain
import Synchronization
import TestSupport

extension FunctionConformance {
    /// What a function reads and another one changes.
    private final class Ages: Sendable {
        private let ages = Mutex(["a": 1, "b": 1])

        subscript(id: String) -> Int { ages.withLock { $0[id] ?? 0 } }

        func set(_ id: String, _ age: Int) { ages.withLock { $0[id] = age } }
    }

    static let changes: [Check<Subject>] = [
        Check("After a change every process runs the function anew, where the pattern matches") {
            subject in
            let ages = Ages()
            let read = [0, 1]
                .map { process in
                    subject.cache(of: process).cached("age") { (id: String) in ages[id] }
                }
            let change = subject.cache()
                .invalidating(by: { id, _ in [.pattern("age:\(id)")] }) {
                    (id: String, age: Int) in
                    ages.set(id, age)
                    return true
                }
            for id in ["a", "b"] {
                for age in read { try require("before", try await age(id), is: 1) }
            }
            ages.set("b", 2)
            try require("changed", try await change("a", 2), is: true)
            try require("own", try await read[0]("a"), is: 2)
            try await eventually("the other process knows") { try await read[1]("a") == 2 }
            try require("another argument", try await read[0]("b"), is: 1)
        },
        Check("A change takes what its scopes cover: keys, functions, tags, all") { subject in
            let cache = subject.cache()
            let other = subject.cache("teams")
            let tag = "\(subject.prefix)/x"
            func left(after scope: CacheScope) async throws -> [String] {
                try await cache.setValues(["f": 1, "f:1": 1, "f*:1": 1, "g": 1, "g:1": 1])
                try await cache.setValue(1, forKey: "t", tags: [tag])
                let change = cache.invalidating([scope]) {}
                try await change()
                return try await cache.keys().sorted()
            }
            try await other.setValue(1, forKey: "f")
            let rest: [(CacheScope, [String])] = [
                (.key("g"), ["f", "f*:1", "f:1", "g:1", "t"]),
                (.function("f"), ["f*:1", "g", "g:1", "t"]),
                (.function("f*"), ["f", "f:1", "g", "g:1", "t"]),
                (.pattern("?:1"), ["f", "f*:1", "g", "t"]),
                (.tag(tag), ["f", "f*:1", "f:1", "g", "g:1"]),
                (.everything, []),
            ]
            for (scope, keys) in rest {
                try require("\(scope)", try await left(after: scope), is: keys)
            }
            try require("others", try await other.keys(), is: ["f"])
        },
        Check("A change that fails takes what is cached along, and tells why") { subject in
            let cache = subject.cache()
            try await cache.setValue(1, forKey: "age:a")
            let change = cache.invalidating([.function("age")]) { (id: String) in
                throw Refusal(id: id)
            }
            do {
                try await change("a")
                throw BrokenPromise(description: "no error came")
            } catch let error as Refusal { try require("error", error, is: Refusal(id: "a")) }
            try require("gone", try await cache.exists("age:a"), is: false)
        },
        Check("What a function had read before a change is not kept behind it") { subject in
            let ages = Ages()
            let runs = Runs(isPaused: true)
            let age = subject.cache()
                .cached("age") { (id: String) in
                    let age = ages[id]
                    await runs.note()
                    return age
                }
            let change = subject.cache(of: 1).invalidating([.function("age")]) { ages.set("a", 2) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask { try await age("a") }
                await runs.begun.wait()
                try await change()
                runs.mayEnd.open()
                try require("who asked before", try await group.next(), is: 1)
            }
            try require("who asks behind", try await age("a"), is: 2)
        },
    ]
}
