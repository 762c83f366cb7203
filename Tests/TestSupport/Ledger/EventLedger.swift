import Foundation
import Synchronization

/// Follows every event from publishing to its effect, and says what is missing.
///
/// Each event has a number and a key that shows its effect, so that nothing has to be told by the
/// workers: what became of an event is read from the data, the journal, the queues and the dead
/// letters. What a server has not confirmed is not counted as published.
public final class EventLedger: Sendable {
    /// Commands in one write.
    private static let pipelineLength = 500
    /// How long a verdict waits for the last job.
    public static let quietLimit = Duration.seconds(60)

    let deployment: Deployment
    /// The server of jobs and journal.
    let jobs: RedisServer
    /// What all keys and ids begin with.
    let mark: String
    /// The second in which it began.
    private let second = String(Date.now.ISO8601Format().dropLast())
    private let state = Mutex(State())

    private struct State {
        var next = 0
        var events: [LedgerEvent] = []
    }

    /// A ledger for the workers of a deployment; `jobs` when they have a second server for those.
    public init(_ deployment: Deployment, jobs: RedisServer? = nil) {
        self.deployment = deployment
        self.jobs = jobs ?? deployment.redis
        mark = "ledger" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// All events that were published.
    var events: [LedgerEvent] { state.withLock { $0.events } }

    // MARK: Publishing

    /// Publishes so many events, straight to the server and not by any proxy.
    public func publish(_ count: Int, over transport: LedgerTransport) async throws {
        let events = state.withLock { state in
            let numbers = state.next..<state.next + count
            state.next += count
            return numbers.map {
                LedgerEvent(mark: mark, second: second, number: $0, transport: transport)
            }
        }
        let data = try deployment.redis.probe()
        let removals = events.filter { $0.kind == .removal }
        if !removals.isEmpty { try data.pipeline(removals.map { ["SET", $0.key, "x"] }) }
        switch transport {
        case .stream: try publishToStream(events)
        case .amqp: try await publishToBroker(events)
        }
    }

    /// The same for every transport of the deployment.
    public func publish(_ count: Int) async throws {
        try await publish(count, over: .stream)
        if deployment.host != nil { try await publish(count, over: .amqp) }
    }

    private func publishToStream(_ events: [LedgerEvent]) throws {
        let probe = try jobs.probe()
        for start in stride(from: 0, to: events.count, by: Self.pipelineLength) {
            let part = Array(events[start..<min(start + Self.pipelineLength, events.count)])
            try probe.pipeline(
                part.map { ["XADD", "{cw}:jobs:\($0.job)", "*", "event", $0.json] }
            )
            add(part)
        }
    }

    /// What the program says is stored counts, whatever becomes of the rest.
    private func publishToBroker(_ events: [LedgerEvent]) async throws {
        let run = try await deployment.run(
            "publish",
            "--file",
            "-",
            "--to",
            "amqp",
            input: events.map { $0.json + "\n" }.joined()
        )
        let stored = Set(run.output.split(separator: "\n").map(String.init))
        add(events.filter { stored.contains($0.id) })
        guard run.exit == .status(0) else { throw NotPublished(command: run) }
    }

    private func add(_ events: [LedgerEvent]) {
        state.withLock { $0.events += events }
    }

    // MARK: The verdict

    /// Waits until no job is left and looks at everything; a wait that is too long tells what is
    /// pending.
    public func verdict(
        within limit: Duration = EventLedger.quietLimit
    ) async throws -> LedgerVerdict {
        var verdict = LedgerVerdict()
        let events = events
        verdict.published = events.count
        do {
            try await eventually("no job is left", within: limit) {
                // A server that is being started again counts as one that is asked too early.
                verdict.pending = (try? await pending()) ?? 1
                return verdict.pending == 0
            }
        } catch is ConditionNotMet {
            verdict.pending = try await pending()
            verdict.holders = try holders()
        }
        verdict.deadLettered = try await deadLetters()
        try lookAtData(events, &verdict)
        try lookAtJournal(events, &verdict)
        return verdict
    }

    /// Waits until every event so far has had its effect; acknowledged or not.
    public func untilEffects(within limit: Duration = EventLedger.quietLimit) async throws {
        let events = events
        try await eventually("all effects are there", within: limit) {
            var verdict = LedgerVerdict()
            try lookAtData(events, &verdict)
            return verdict.lost.isEmpty && verdict.outOfOrder.isEmpty
        }
    }

    private func lookAtData(_ events: [LedgerEvent], _ verdict: inout LedgerVerdict) throws {
        guard !events.isEmpty else { return }
        let probe = try deployment.redis.probe()
        let values = try probe.command(["MGET"] + events.map(\.key)).elements
        var last: [String: LedgerEvent] = [:]
        for event in events where event.kind == .series {
            last[event.key] = event
        }
        for (event, value) in zip(events, values) where verdict.deadLettered[event.id] == nil {
            switch event.kind {
            case .removal where value != .null: verdict.lost.append("\(event.id) left its key")
            case .value where value.text != "\(event.number)":
                verdict.lost.append("\(event.id) did not write")
            case .series where last[event.key]?.number == event.number:
                guard value.text != "\(event.number)" else { continue }
                let found = value.text.map { "\($0) instead of \(event.number)" }
                if let found { verdict.outOfOrder.append("\(event.key) holds \(found)") }
                if found == nil { verdict.lost.append("\(event.id) did not write its series") }
            default: break
            }
        }
    }
}

/// The command that publishes has failed.
public struct NotPublished: Error {
    /// What it said.
    public let command: Command
}
