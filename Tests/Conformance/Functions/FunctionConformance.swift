import CacheDomain
import TestSupport

/// What a user of cached functions may rely on, over every store.
public enum FunctionConformance: Sendable {
    /// The layers of two processes, and a beginning of keys that nobody else has.
    public typealias Subject = CacheConformance.Subject

    struct Refusal: Error, Equatable {
        let id: String
    }

    /// All promises.
    public static let checks: [Check<Subject>] = results + keys + changes

    private static let results: [Check<Subject>] = [
        Check("A function runs once for the same arguments, in whatever process") { subject in
            let runs = Runs()
            let functions = [0, 1]
                .map { process in
                    subject.cache(of: process)
                        .cached("get_user") { (id: String, age: Int) in
                            await runs.note("\(id) \(age)")
                            return CacheConformance.User(name: id, age: age)
                        }
                }
            for _ in 0..<2 {
                for user in functions {
                    let expected = CacheConformance.User(name: "ada", age: 36)
                    try require("result", try await user("ada", 36), is: expected)
                    try require("age", try await user("ada", 37).age, is: 37)
                }
            }
            try require("runs", runs.all, is: ["ada 36", "ada 37"])
            let keys = try await subject.cache().keys().sorted()
            try require("keys", keys, is: ["get_user:ada:36", "get_user:ada:37"])
        },
        Check("Callers of all processes wait for the one that runs the function") { subject in
            let runs = Runs(isPaused: true)
            let functions = [0, 1]
                .map { process in
                    subject.cache(of: process)
                        .cached("slow") { (id: String) in
                            await runs.note(id)
                            return runs.all.count
                        }
                }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 { group.addTask { try await functions[index % 2]("a") } }
                await runs.begun.wait()
                try await eventually("the other process waits") {
                    subject.layers.map { $0.loadStatistics[.waited] }.reduce(0, +) == 1
                }
                runs.mayEnd.open()
                for try await result in group { try require("result", result, is: 1) }
            }
            try require("runs", runs.all, is: ["a"])
        },
        Check("That there is no result is remembered only where it is wanted") { subject in
            let runs = Runs()
            let find: @Sendable (String) async throws -> Int? = { id in
                await runs.note(id)
                return nil
            }
            let cache = subject.cache()
            let asking = cache.cached("ask", find)
            for _ in 0..<2 { try require("nothing", try await asking("a"), is: nil) }
            try require("asked each time", runs.all.count, is: 2)
            let policy = FunctionPolicy(absenceTime: .seconds(60))
            let remembering = cache.cached("remember", policy: policy, find)
            for _ in 0..<2 { try require("nothing", try await remembering("a"), is: nil) }
            try require("asked once more", runs.all.count, is: 3)
        },
        Check("What a function throws reaches its callers as it is, and is not kept") { subject in
            let runs = Runs()
            let user = subject.cache()
                .cached("fail") { (id: String) in
                    await runs.note(id)
                    if runs.all.count < 3 { throw Refusal(id: id) }
                    return 1
                }
            for _ in 0..<2 {
                let error = await refusal { _ = try await user("a") }
                try require("error", error, is: Refusal(id: "a"))
            }
            try require("result", try await user("a"), is: 1)
        },
        Check("A result lives as long as its policy says, and has its tags") { subject in
            let cache = subject.cache()
            let tag = "\(subject.prefix)/all"
            let policy = FunctionPolicy(timeToLive: .seconds(60), tags: [tag])
            let user = cache.cached("user", policy: policy) { (id: Int) in id }
            try require("result", try await user(7), is: 7)
            try await CacheConformance.requireLife(of: cache, "user:7", is: 60)
            try require("tagged", try await cache.removeAll(taggedWith: tag), is: 1)
        },
    ]

    private static let keys: [Check<Subject>] = [
        Check("Without arguments, or where its key leaves them out, there is one result") {
            subject in
            let runs = Runs()
            let cache = subject.cache()
            let settings = cache.cached("settings") {
                await runs.note()
                return ["a": 1]
            }
            for _ in 0..<2 { try require("result", try await settings(), is: ["a": 1]) }
            let first = cache.cached("first", key: { _, _ in "" }) { (a: Int, b: [Int]) in
                await runs.note()
                return a
            }
            try require("first", try await first(1, [2]), is: 1)
            try require("any other", try await first(3, []), is: 1)
            try require("runs", runs.all.count, is: 2)
            try require("keys", try await cache.keys().sorted(), is: ["first", "settings"])
        },
        Check("A key of one's own is used as it is, and no key means that nothing is kept") {
            subject in
            let runs = Runs()
            let cache = subject.cache("chat")
            let answer = cache.cached(key: { (question: String, session: String) in
                session.isEmpty ? nil : "\(session)/\(question.lowercased())"
            }) { question, session in
                await runs.note(question)
                return "\(question)!"
            }
            try require("answer", try await answer("Why", "s1"), is: "Why!")
            try require("the same", try await answer("WHY", "s1"), is: "Why!")
            try require("key", answer.key("WHY", "s1"), is: "s1/why")
            try require("stored", try await cache.value(forKey: "s1/why"), is: "Why!")
            for _ in 0..<2 { _ = try await answer("Who", "") }
            try require("runs", runs.all, is: ["Why", "Who", "Who"])
            try require("keys", try await cache.keys(), is: ["s1/why"])
        },
        Check("Arguments that are no plain words are told apart") { subject in
            let cache = subject.cache()
            let join = cache.cached("join") { (a: String, b: String) in "\(a)|\(b)" }
            let parts = ["", ":", "%", "%3A", "a:b", "a", "b", "\u{E9}", "e\u{301}", "*", " \n"]
            for _ in 0..<2 {
                for a in parts {
                    for b in parts {
                        try require("join", Array(try await join(a, b).utf8), is: utf8(a, b))
                    }
                }
            }
            try require("keys", try await cache.keys().count, is: parts.count * parts.count)
        },
    ]

    private static func utf8(_ a: String, _ b: String) -> [UInt8] { Array("\(a)|\(b)".utf8) }

    private static func refusal(_ body: () async throws -> Void) async -> Refusal? {
        do { try await body() } catch { return error as? Refusal }
        return nil
    }
}
