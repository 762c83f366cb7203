public import Jobs

/// What every `SuspectLedger` promises, in memory or on a real server.
public enum SuspectLedgerConformance: Sendable {
    /// A ledger under test, empty at the beginning.
    public typealias Subject = any SuspectLedger

    /// All promises; each wants a ledger of its own.
    public static let checks: [Check<Subject>] = [
        Check("Each charge counts, up to the limit") { ledger in
            for expected in [0, 1, 2, 3, 3, 3] {
                let count = try await ledger.charge("a", limit: 3, takingBack: nil)
                try require("charges before", count, is: expected)
            }
            try require("charges", try await charges(ledger, "a"), is: 3)
        },
        Check("Charging the next suspect takes back all charges of the last, and no others") {
            ledger in
            for _ in 0..<2 { _ = try await ledger.charge("a", limit: 3, takingBack: nil) }
            _ = try await ledger.charge("b", limit: 3, takingBack: nil)
            let count = try await ledger.charge("c", limit: 3, takingBack: "a")
            try require("charges before", count, is: 0)
            try require("charges of a", try await charges(ledger, "a"), is: 0)
            try require("charges of b", try await charges(ledger, "b"), is: 1)
            try require("charges of c", try await charges(ledger, "c"), is: 1)
        },
        Check("A suspect that comes again at once begins without a charge") { ledger in
            _ = try await ledger.charge("a", limit: 3, takingBack: nil)
            let count = try await ledger.charge("a", limit: 3, takingBack: "a")
            try require("charges before", count, is: 0)
        },
        Check("Taking back twice, nothing, or what is not there does no harm") { ledger in
            _ = try await ledger.charge("a", limit: 3, takingBack: "nobody")
            _ = try await ledger.charge("b", limit: 3, takingBack: nil)
            for _ in 0..<2 { try await ledger.takeBack(["a", "nobody"]) }
            try await ledger.takeBack([])
            try require("charges of a", try await charges(ledger, "a"), is: 0)
            try require("charges of b", try await charges(ledger, "b"), is: 1)
        },
        Check("Any text names a suspect, byte by byte") { ledger in
            let names = [
                "", " ", "a\nb", "\u{0}", "caf\u{E9}", "cafe\u{301}", "{cw}:jobs:warm 1-1",
                String(repeating: "x", count: 100_000),
            ]
            for name in names { _ = try await ledger.charge(name, limit: 3, takingBack: nil) }
            for name in names {
                try require("charges", try await charges(ledger, name), is: 1)
            }
        },
        Check("Of charges at the same time each counts") { ledger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        _ = try await ledger.charge("a", limit: 100, takingBack: nil)
                    }
                }
                try await group.waitForAll()
            }
            try require("charges", try await charges(ledger, "a"), is: 20)
        },
    ]

    /// How many charges a suspect has: a limit of none adds none.
    private static func charges(_ ledger: Subject, _ suspect: String) async throws -> Int {
        try await ledger.charge(suspect, limit: 0, takingBack: nil)
    }
}
