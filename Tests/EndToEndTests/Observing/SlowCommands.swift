import TestSupport
import Testing

/// The commands that kept a Redis server from all others for too long, by its own slow log.
struct SlowCommands {
    /// How long one command may keep the server.
    static let limitMicroseconds = 20_000
    /// Tries: on a busy machine the server itself may have to wait, but not every time.
    static let maxRounds = 5

    private let probe: RedisProbe

    init(_ probe: RedisProbe) { self.probe = probe }

    /// Expects a round of work in which no command is slow; `setUp` comes before and may be.
    func expectNone(
        _ setUp: () throws -> Void,
        during work: () async throws -> Void
    ) async throws {
        let limit = "\(Self.limitMicroseconds)"
        try probe.command("CONFIG", "SET", "slowlog-log-slower-than", limit)
        var slow: [String] = []
        for _ in 0..<Self.maxRounds {
            try setUp()
            try probe.command("SLOWLOG", "RESET")
            try await work()
            slow = try commands()
            if slow.isEmpty { return }
        }
        Issue.record("slow in each of \(Self.maxRounds) rounds, last: \(slow)")
    }

    /// Name and microseconds of what was slow and came from a client with a name, which workers
    /// have and probes have not.
    private func commands() throws -> [String] {
        try probe.command("SLOWLOG", "GET", "100").elements.map(\.elements)
            .filter { $0[5].text?.isEmpty == false }
            .map { "\($0[3].texts.first ?? "") \($0[2].integer ?? 0) µs" }
    }
}
