import CacheDomain
import TestSupport

extension StoreConformance {
    private static let life = Duration.seconds(600)

    /// The layer of a process that holds no copies.
    private static func layer(_ client: StoreServer.Client) -> CacheLayer {
        CacheLayer(
            store: client.store,
            tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1000)),
            gate: ServingGate(origin: .now)
        )
    }

    private static func layer(_ server: StoreServer) async throws -> CacheLayer {
        layer(try await server.client("a"))
    }

    private static func sorted(_ fields: [StructureField]) -> [String] {
        fields.map { "\($0.name)=\($0.text)" }.sorted()
    }

    private static func digit(_ number: UInt8) -> [UInt8] { [number] }

    private static func texts(_ elements: [[UInt8]]) -> [String] {
        elements.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Fails unless the body throws an error that names the key and says that nothing was done.
    private static func refused(
        _ key: String,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as StoreError {
            try require("class", error.code, is: .invalid)
            try require(error.message.contains(key), "the message names the key: \(error)")
            return
        }
        throw BrokenPromise(description: "a step on \(key) that cannot be done was done")
    }

    static let structures: [Check<StoreServer>] = [
        Check("Fields of a hash are merged or replaced, and a hash of none is gone") { server in
            let cache = try await layer(server)
            let key = server.key("hash")
            try require("none", try await cache.run(.fields(key)), is: [])
            func set(_ fields: [StructureField], replaces: Bool) async throws {
                try await cache.run(
                    .setFields(fields, of: key, replaces: replaces, timeToLive: life)
                )
            }
            try await set([.init("a", "1"), .init("b", "é\0\r\n")], replaces: true)
            try await set([.init("b", "2"), .init("c", "")], replaces: false)
            let merged = sorted(try await cache.run(.fields(key)))
            try require("merged", merged, is: ["a=1", "b=2", "c="])
            try await set([.init("d", "4")], replaces: true)
            let replaced = sorted(try await cache.run(.fields(key)))
            try require("replaced", replaced, is: ["d=4"])
            try await set([], replaces: true)
            try require("gone", try await cache.run(.exists(key)), is: false)
        },
        Check("A list keeps its last elements in their order") { server in
            let cache = try await layer(server)
            let key = server.key("list")
            var lengths: [Int] = []
            for number in 1...25 {
                lengths.append(
                    try await cache.run(
                        .append(Array("r\(number)".utf8), to: key, limit: 20, timeToLive: life)
                    )
                )
            }
            try require("lengths", lengths, is: Array(1...20) + [20, 20, 20, 20, 20])
            let elements = texts(try await cache.run(.elements(key)))
            try require("elements", elements, is: (6...25).map { "r\($0)" })
        },
        Check("A number is added to, keeps its time, and is a value like any other") { server in
            let cache = try await layer(server)
            let key = server.key("number")
            try require("sum", try await cache.run(.add(5, to: key, timeToLive: life)), is: 5)
            let sums = try await cache.run(
                all: [-7, 3].map { .add($0, to: key, timeToLive: life * 100) }
            )
            try require("sums", sums, is: [-2, 1])
            guard case .remaining(let left) = try await cache.run(.lifetime(key)) else {
                throw BrokenPromise(description: "a number has a time to live")
            }
            try require(left <= life && left > .seconds(1), "the number has \(left) to live")
            let value = try await cache.run(.value(key))
            try require("value", value, is: Array("1".utf8))
        },
        Check("Numbers are exact when many add to them at the same time") { server in
            let key = server.key("shared number")
            let layers = [
                layer(try await server.client("a")), layer(try await server.client("b")),
            ]
            let (tasks, perTask) = (8, 25)
            let sums = try await withThrowingTaskGroup(of: [Int].self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        var sums: [Int] = []
                        for _ in 0..<perTask {
                            let cache = layers[task % layers.count]
                            sums.append(try await cache.run(.add(1, to: key, timeToLive: life)))
                        }
                        return sums
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try require("sums", sums.sorted(), is: Array(1...tasks * perTask))
        },
        Check("A window admits exactly so many, however many ask at the same time") { server in
            let key = server.key("window")
            let layers = [
                layer(try await server.client("a")), layer(try await server.client("b")),
            ]
            let (tasks, limit) = (40, 25)
            let admissions = try await withThrowingTaskGroup(of: Admission.self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        try await layers[task % layers.count]
                            .run(.mark(key, window: life, limit: limit))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let counts = admissions.filter(\.isAdmitted).map(\.count).sorted()
            try require("admitted", counts, is: Array(1...limit))
            for refusal in admissions where !refusal.isAdmitted {
                try require("marks", refusal.count, is: limit)
                let retry = refusal.retryAfter ?? .zero
                try require(retry > .zero && retry <= life, "room comes after \(retry)")
            }
            let count = try await layers[0].run(.markCount(key, window: life))
            try require("count", count, is: limit)
            let more = try await layers[0].run(.mark(key, window: life))
            try require("without a limit", more, is: Admission(isAdmitted: true, count: limit + 1))
            let none = try await layers[0].run(.mark(server.key("w"), window: life, limit: 0))
            try require("none at all", none, is: Admission(isAdmitted: false, count: 0))
        },
        Check("Windows of several lengths see the same marks") { server in
            let cache = try await layer(server)
            let (key, short) = (server.key("windows"), Duration.milliseconds(30))
            for _ in 0..<3 {
                _ = try await cache.run(.mark(key, window: short, timeToLive: life))
            }
            try await eventually("the marks have left the short window") {
                try await cache.run(.markCount(key, window: short)) == 0
            }
            let (admission, count) = try await cache.run(
                .mark(key, window: life, limit: 2),
                .markCount(key, window: life)
            )
            try require("long window", [admission.count, count], is: [3, 3])
            try require("refused", admission.isAdmitted, is: false)
        },
        Check("Marks leave their window") { server in
            let cache = try await layer(server)
            let (key, window) = (server.key("short window"), Duration.milliseconds(40))
            _ = try await cache.run(.mark(key, window: window))
            try await eventually("the mark has left") {
                try await cache.run(.markCount(key, window: window)) == 0
            }
            let again = try await cache.run(.mark(key, window: window, limit: 1))
            try require("admitted again", again.isAdmitted, is: true)
        },
        Check("Windows whose last mark is old are removed, those that are in use stay") { server in
            let client = try await server.client("a")
            let cache = layer(client)
            let (old, other) = (server.key("rate_limit:old"), server.key("elsewhere:old"))
            let used = server.key("rate_limit:used")
            for key in [old, used, other] {
                _ = try await cache.run(.mark(key, window: life))
            }
            let list = server.key("rate_limit:list")
            _ = try await cache.run(.append(digit(1), to: list, limit: 1, timeToLive: life))
            let pattern = "\(server.prefix):rate_limit:*"
            let none = try await cache.removeEmptyWindows(matching: pattern, olderThan: life)
            try require("none is old", none, is: 0)
            let age = Duration.milliseconds(40)
            try await eventually("the marks are old") {
                try await cache.run(.markCount(old, window: age)) == 0
            }
            _ = try await cache.run(.mark(used, window: life))
            let removed = try await cache.removeEmptyWindows(matching: pattern, olderThan: age)
            let left = try await cache.run(all: [old, used, other, list].map { .exists($0) })
            // A slow machine may let the other one grow old, too.
            try require(removed == 1 || removed == 2, "\(removed) were removed")
            try require(
                "old, elsewhere, no window",
                [left[0], left[2], left[3]],
                is: [false, true, true]
            )
        },
        Check("An index forgets members whose time is over, and lives as long as the last") {
            server in
            let cache = try await layer(server)
            let key = server.key("index")
            _ = try await cache.run(
                .addMember("long", to: key, timeToLive: life),
                .addMember("short", to: key, timeToLive: .milliseconds(30)),
                .addMember("other", to: key, timeToLive: life)
            )
            try await eventually("the member has left") {
                texts(try await cache.run(.members(key))) == ["long", "other"]
            }
            let (_, members) = try await cache.run(
                .dropMembers(["long", "unknown"], from: key),
                .members(key)
            )
            try require("members", texts(members), is: ["other"])
            try await cache.run(.dropMembers(["other"], from: key))
            try require("gone", try await cache.run(.exists(key)), is: false)
        },
        Check("What is there expires, by another time if it is given one") { server in
            let cache = try await layer(server)
            let (key, absent) = (server.key("key"), server.key("absent"))
            try await cache.run(.setValue(digit(1), forKey: key, timeToLive: life))
            let answers = try await cache.run(
                .exists(absent),
                .lifetime(absent),
                .expire(absent, timeToLive: life),
                .remove(absent),
                .expire(key, timeToLive: .milliseconds(30))
            )
            try require("exists", answers.0, is: false)
            try require("lifetime", answers.1, is: .absent)
            try require(
                "expire, remove",
                [answers.2, answers.3, answers.4],
                is: [false, false, true]
            )
            try await eventually("it has expired") { try await !cache.run(.exists(key)) }
        },
    ]

    /// What holds of several steps together, wherever the log is.
    public static let transactions: [Check<StoreServer>] = [
        Check("A transaction does its steps in their order and answers each") { server in
            let cache = try await layer(server)
            let (hash, list, number) = (server.key("h"), server.key("l"), server.key("n"))
            let answers = try await cache.run(
                .setFields([.init("f", "v")], of: hash, replaces: true, timeToLive: life),
                .append(digit(7), to: list, limit: 3, timeToLive: life),
                .fields(hash),
                .add(2, to: number, timeToLive: life),
                .remove(hash),
                .fields(hash),
                .value(server.key("nothing"))
            )
            try require("length", answers.1, is: 1)
            try require("fields", sorted(answers.2), is: ["f=v"])
            try require("sum", answers.3, is: 2)
            try require("removed", answers.4, is: true)
            try require("afterwards", answers.5, is: [])
            try require("nothing", answers.6, is: nil)
            let (elements, value) = try await cache.run(.elements(list), .value(number))
            try require("read together", elements, is: [[7]])
            try require("value", value, is: Array("2".utf8))
        },
        Check("A transaction with a step that cannot be done does nothing at all") { server in
            let cache = try await layer(server)
            let (text, list, other) = (server.key("text"), server.key("list"), server.key("other"))
            _ = try await cache.run(
                .setValue(Array("word".utf8), forKey: text, timeToLive: life),
                .append(digit(1), to: list, limit: 9, timeToLive: life)
            )
            let first = StructureRequest.setValue(digit(1), forKey: other, timeToLive: life)
            try await refused(text) {
                _ = try await cache.run(first, .add(1, to: text, timeToLive: life))
            }
            try await refused(list) { _ = try await cache.run(first, .fields(list)) }
            try await refused(list) { _ = try await cache.run(.fields(list)) }
            // A process may hold a copy of a string, and nothing would tell it.
            try await refused(text) {
                try await cache.run(.setFields([], of: text, replaces: true, timeToLive: life))
            }
            try await refused(list) { _ = try await cache.run(.fields(list), .exists(text)) }
            try await refused(other) {
                _ = try await cache.run(
                    first,
                    .append(digit(1), to: other, limit: 1, timeToLive: life)
                )
            }
            let greatest = StructurePreview.greatestNumber
            try await refused(other) {
                _ = try await cache.run(
                    .add(greatest, to: other, timeToLive: life),
                    .add(1, to: other, timeToLive: life)
                )
            }
            try require("untouched", try await cache.run(.exists(other)), is: false)
            // A step that makes room for another structure comes first.
            let (_, length) = try await cache.run(
                .remove(text),
                .append(digit(1), to: text, limit: 1, timeToLive: life)
            )
            try require("length", length, is: 1)
        },
        Check("Wrong steps are refused before the store is asked") { server in
            let cache = try await layer(server)
            let key = server.key("key")
            try await refused(key) {
                try await cache.run(.setValue([], forKey: key, timeToLive: .zero))
            }
            try await refused(key) {
                _ = try await cache.run(.append([], to: key, limit: 0, timeToLive: life))
            }
            try await refused(key) { _ = try await cache.run(.mark(key, window: life, limit: -1)) }
            try await refused("empty") { _ = try await cache.run(.remove("")) }
            let many = CacheLayer.maxStepsPerTransaction + 1
            try await refused("\(many)") {
                _ = try await cache.run(all: Array(repeating: .exists(key), count: many))
            }
        },
        Check("What processes may copy is announced in the same step, and nothing else") { server in
            let client = try await server.client("a")
            let cache = layer(client)
            let (value, list) = (server.key("value"), server.key("list"))
            _ = try await cache.run(
                .append(digit(1), to: list, limit: 9, timeToLive: life),
                .mark(server.key("window"), window: life)
            )
            try require("silence", try await journal(client.log).count, is: 0)
            _ = try await cache.run(
                .setValue(digit(1), forKey: value, timeToLive: life),
                .append(digit(1), to: list, limit: 9, timeToLive: life)
            )
            _ = try await cache.run(.expire(value, timeToLive: life))
            try await refused(list) { _ = try await cache.run(.remove(value), .fields(list)) }
            // Where the log is on another server it is announced before, too.
            let names = Set(try await journal(client.log).map(\.announcement.keys))
            try require("messages", names, is: [[value]])
        },
        Check("Removals, purges and tags take structures as they take values") { server in
            let client = try await server.client("a")
            let cache = layer(client)
            let keys = (0..<4).map { server.key("n:\($0)") }
            let tag = server.tag("structures")
            for key in keys {
                _ = try await cache.run(.append(digit(1), to: key, limit: 1, timeToLive: life))
            }
            try await server.addMember(keys[1], tag)
            try require("removed", try await cache.remove([keys[0]]), is: 1)
            try require("by tag", try await cache.purge([.tag(tag)]), is: 1)
            let scope = PurgeScope.namespace(server.key("n"))
            try require("by namespace", try await cache.purge([scope]), is: 2)
            let left = try await cache.run(all: keys.map { .exists($0) })
            try require("left", left, is: [false, false, false, false])
        },
        Check("A value written over a structure replaces it") { server in
            let client = try await server.client("a")
            let cache = layer(client)
            let key = server.key("either")
            _ = try await cache.run(.append(digit(1), to: key, limit: 1, timeToLive: life))
            let outcomes = try await cache.write([write(key, "no", .ifAbsent), write(key, "yes")])
            try require("outcomes", outcomes, is: [.present, .written])
            try require("value", try await texts(client.store, [key]), is: ["yes"])
        },
    ]
}
