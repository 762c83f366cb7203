public import Jobs
import TestSupport

/// What every `EventRegistry` promises, in memory or on a real server.
public enum EventRegistryConformance: Sendable {
    /// A registry under test, empty at the beginning.
    public typealias Subject = any EventRegistry

    /// All promises; each wants a registry of its own.
    public static let checks: [Check<Subject>] = claiming + settling + naming

    private static let claiming: [Check<Subject>] = [
        Check("An event is claimed by one message, and others hear that") { registry in
            try require("first", try await claim(registry, "e", by: "a"), is: .granted)
            try require("second", try await claim(registry, "e", by: "b"), is: .taken)
            try require("other event", try await claim(registry, "f", by: "b"), is: .granted)
        },
        Check("A message that comes again takes its claim up, if it can be sure of itself") {
            registry in
            _ = try await claim(registry, "e", by: "a")
            let unsure = try await claim(registry, "e", by: "a", mayResume: false)
            try require("unsure", unsure, is: .taken)
            try require("sure", try await claim(registry, "e", by: "a"), is: .granted)
        },
        Check("A claim that nobody settles runs out") { registry in
            _ = try await claim(registry, "e", by: "a", lifetime: .milliseconds(50))
            try await eventually("another may claim it") {
                try await claim(registry, "e", by: "b") == .granted
            }
        },
        Check("Of messages that claim at the same time one gets the event") { registry in
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await claim(registry, "e", by: "m\(number)") == .granted
                    }
                }
                var count = 0
                for try await isGranted in group where isGranted { count += 1 }
                return count
            }
            try require("granted", granted, is: 1)
        },
    ]

    private static let settling: [Check<Subject>] = [
        Check("What was done is a duplicate for everybody, also for the message that did it") {
            registry in
            _ = try await claim(registry, "e", by: "a")
            try await settle(registry, "e", by: "a", doneFor: .seconds(60))
            try require("other", try await claim(registry, "e", by: "b"), is: .duplicate)
            try require("same", try await claim(registry, "e", by: "a"), is: .duplicate)
        },
        Check("What was done may be done again after its window") { registry in
            _ = try await claim(registry, "e", by: "a")
            try await settle(registry, "e", by: "a", doneFor: .milliseconds(50))
            try await eventually("another may claim it") {
                try await claim(registry, "e", by: "b") == .granted
            }
        },
        Check("What was not done is free for the next") { registry in
            _ = try await claim(registry, "e", by: "a")
            try await settle(registry, "e", by: "a", doneFor: nil)
            try require("next", try await claim(registry, "e", by: "b"), is: .granted)
        },
        Check("Only the owner of a claim settles it") { registry in
            _ = try await claim(registry, "e", by: "a")
            try await settle(registry, "e", by: "b", doneFor: .seconds(60))
            try await settle(registry, "e", by: "b", doneFor: nil)
            try require("other", try await claim(registry, "e", by: "b"), is: .taken)
            try require("owner", try await claim(registry, "e", by: "a"), is: .granted)
        },
        Check("What was done after its claim had run out is done all the same") { registry in
            try await settle(registry, "e", by: "a", doneFor: .seconds(60))
            try require("other", try await claim(registry, "e", by: "b"), is: .duplicate)
        },
        Check("What was done stays so, whoever has nothing done says") { registry in
            _ = try await claim(registry, "e", by: "a")
            try await settle(registry, "e", by: "a", doneFor: .seconds(60))
            try await settle(registry, "e", by: "a", doneFor: nil)
            try require("other", try await claim(registry, "e", by: "b"), is: .duplicate)
        },
    ]

    private static let naming: [Check<Subject>] = [
        Check("Many events are answered in their order, and none is no question") { registry in
            let events = (0..<300).map { "e\($0)" }
            for event in events where event.hasSuffix("7") {
                _ = try await claim(registry, event, by: "other")
            }
            let claims = events.map {
                EventClaim(event: $0, owner: "a", mayResume: true, lifetime: .seconds(60))
            }
            let answers = try await registry.claim(claims)
            let expected = events.map { $0.hasSuffix("7") ? EventClaim.Answer.taken : .granted }
            try require("answers", answers, is: expected)
            try await registry.settle(
                events.map { EventSettlement(event: $0, owner: "a", doneFor: .seconds(60)) }
            )
            let others = try await registry.claim(claims)
            try require(
                "answers",
                others,
                is: events.map { $0.hasSuffix("7") ? .taken : .duplicate }
            )
            try require("nothing", try await registry.claim([]), is: [])
            try await registry.settle([])
        },
        Check("Any text names an event, byte by byte") { registry in
            let long = String(repeating: "x", count: 100_000)
            let names = ["", " ", "a\nb", "\u{0}", "caf\u{E9}", "cafe\u{301}", long, long + "y"]
            for name in names {
                try require("claim", try await claim(registry, name, by: "a"), is: .granted)
                try await settle(registry, name, by: "a", doneFor: .seconds(60))
            }
            for name in names {
                try require("again", try await claim(registry, name, by: "b"), is: .duplicate)
            }
        },
    ]

    private static func claim(
        _ registry: Subject,
        _ event: String,
        by owner: String,
        mayResume: Bool = true,
        lifetime: Duration = .seconds(60)
    ) async throws -> EventClaim.Answer {
        let claim = EventClaim(
            event: event,
            owner: owner,
            mayResume: mayResume,
            lifetime: lifetime
        )
        let answers = try await registry.claim([claim])
        try require("answers", answers.count, is: 1)
        return answers[0]
    }

    private static func settle(
        _ registry: Subject,
        _ event: String,
        by owner: String,
        doneFor window: Duration?
    ) async throws {
        try await registry.settle([EventSettlement(event: event, owner: owner, doneFor: window)])
    }
}
