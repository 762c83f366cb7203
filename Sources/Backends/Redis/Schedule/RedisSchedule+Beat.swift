public import Jobs
import RedisClient
import Telemetry

extension RedisSchedule: BeatStore {
    /// How many values stand before the entries in the answer to a look.
    private static let sightHead = 9
    /// The histories of how many entries are trimmed in one step.
    private static let entriesPerTrim = 200

    /// Puts entries in.
    public func install(
        _ installation: Installation
    ) async throws(ScheduleError) -> InstallReceipt {
        var call = call(
            ScheduleScripts.install,
            installation.node,
            installation.number.map { "\($0)" } ?? "",
            installation.seenUntil.map { "\($0.milliseconds)" } ?? ""
        )
        for installed in installation.entries {
            call.append(installed.entry.name)
            call.append(installed.entry.json)
            call.append(installed.entry.timingKey)
            call.append(installed.entry.isEnabled ? 1 : 0)
            call.append(
                installed.isBuiltin
                    ? ScheduleRecord.Origin.builtin.rawValue : ScheduleRecord.Origin.file.rawValue
            )
        }
        let reply = try await run(call)
        guard let number = reply[0]?.integer, let life = reply[1]?.string,
            let version = reply[2]?.string.flatMap({ Int($0) })
        else { throw .unreadableReply }
        return InstallReceipt(
            number: number,
            version: ScheduleVersion(life: life, number: version),
            takenOver: reply[3]?.elements?.compactMap(\.string) ?? [],
            removed: reply[4]?.elements?.compactMap(\.string) ?? []
        )
    }

    /// What is due.
    public func look(_ glance: Glance) async throws(ScheduleError) -> ScheduleSight {
        let reply = try await run(
            call(
                ScheduleScripts.look,
                glance.node,
                Int64(glance.skew.milliseconds),
                glance.limit
            )
        )
        guard let parts = reply.elements.map(Array.init), parts.count >= Self.sightHead,
            let now = parts[0].string.flatMap(WallTime.init(stored:))
        else { throw .unreadableReply }
        let number = parts[2].string.flatMap { Int($0) }
        return ScheduleSight(
            now: now,
            version: parts[1].string.map { ScheduleVersion(life: $0, number: number ?? 0) },
            isInstalled: parts[3].integer == 1,
            due: try due(parts.dropFirst(Self.sightHead)),
            dueSince: parts[5].string.flatMap(WallTime.init(stored:)),
            nextDue: parts[6].string.flatMap(WallTime.init(stored:)),
            outgoingCount: parts[4].integer ?? 0,
            outgoingSince: parts[7].string.flatMap(WallTime.init(stored:)),
            entryCount: parts[8].integer ?? 0
        )
    }

    private func due(_ parts: ArraySlice<RedisReply>) throws(ScheduleError) -> [DueEntry] {
        var due: [DueEntry] = []
        for start in stride(from: parts.startIndex, to: parts.endIndex - 3, by: 4) {
            guard let name = parts[start].string, let json = parts[start + 1].bytes,
                let revision = parts[start + 2].string,
                let place = parts[start + 3].string.flatMap(WallTime.init(stored:))
            else { throw .unreadableReply }
            due.append(DueEntry(name: name, json: Array(json), revision: revision, place: place))
        }
        return due
    }

    /// Fires what is claimed: one write, and one step for each claim.
    public func claim(
        _ claims: [ScheduleClaim]
    ) async throws(ScheduleError) -> [ScheduleClaim.Answer] {
        guard !claims.isEmpty else { return [] }
        let replies: [RedisReply]
        do throws(RedisError) {
            replies = try await connection.run([], and: claims.map(call))
            // What others did is done; the entry of an error stays where it is, and comes again.
            if let error = replies.lazy.compactMap(\.error).first { throw error }
        } catch {
            throw ScheduleError(error)
        }
        var answers: [ScheduleClaim.Answer] = []
        for reply in replies {
            switch reply.integer {
            case -1: answers.append(.taken)
            case -2: answers.append(.full)
            case let count?: answers.append(.granted(fired: count))
            case nil: throw .unreadableReply
            }
        }
        return answers
    }

    private func call(_ claim: ScheduleClaim) -> RedisScriptCall {
        var call = call(
            ScheduleScripts.claim,
            claim.due.name,
            claim.due.revision,
            claim.due.place.milliseconds,
            claim.through.milliseconds,
            claim.next.map { "\($0.milliseconds)" } ?? "never",
            claim.missed,
            claim.overlap.rawValue,
            claim.runLimit.milliseconds
        )
        for firing in claim.firings { append(firing, claim.transport, to: &call) }
        return call
    }

    /// Puts entries off.
    public func postpone(
        _ names: [String],
        by pause: Duration
    ) async throws(ScheduleError) {
        var call = call(ScheduleScripts.postpone, pause.milliseconds)
        call.append(contentsOf: names)
        _ = try await run(call)
    }

    /// Notes what became of events.
    public func report(_ reports: [RunReport]) async throws(ScheduleError) {
        guard !reports.isEmpty else { return }
        var call = call(ScheduleScripts.report)
        for report in reports {
            call.append(report.firing.entry)
            call.append(report.firing.instant.milliseconds)
            call.append(report.outcome)
            call.append(report.isFinal ? 1 : 0)
        }
        _ = try await run(call)
    }

    /// Forgets old runs, of some entries in each step.
    public func trimHistory(olderThan age: Duration) async throws(ScheduleError) -> Int {
        var (removed, start) = (0, "-")
        while true {
            let reply = try await run(
                call(ScheduleScripts.trimHistory, start, Self.entriesPerTrim, age.milliseconds)
            )
            guard let count = reply[0]?.integer else { throw .unreadableReply }
            removed += count
            guard let last = reply[1]?.string else { return removed }
            start = "(\(last)"
        }
    }

    /// Events for the broker that nobody is publishing.
    public func takeOutgoing(
        limit: Int,
        for lease: Duration
    ) async throws(ScheduleError) -> [OutgoingEvent] {
        let reply = try await run(call(ScheduleScripts.takeOutgoing, limit, lease.milliseconds))
        guard let parts = reply.elements.map(Array.init) else { throw .unreadableReply }
        return stride(from: 0, to: parts.count - 1, by: 2)
            .compactMap { index in
                guard let id = parts[index].string, let event = parts[index + 1].bytes else {
                    return nil
                }
                return OutgoingEvent(id: id, event: Array(event))
            }
    }

    /// Lets others take events.
    public func giveBackOutgoing(_ ids: [String]) async throws(ScheduleError) {
        guard !ids.isEmpty else { return }
        var command = RedisCommand("ZADD", keys.outbox, "XX")
        for id in ids {
            command.append("0")
            command.append(id)
        }
        _ = try await answers(to: [command])
    }

    /// Forgets events that the broker has confirmed.
    public func removeOutgoing(_ ids: [String]) async throws(ScheduleError) {
        guard !ids.isEmpty else { return }
        let removals = [
            ("ZREM", keys.outbox), ("ZREM", keys.outboxSince), ("HDEL", keys.outboxEvents),
        ]
        let commands = removals.map { name, key in
            var command = RedisCommand(name, key)
            command.append(contentsOf: ids)
            return command
        }
        _ = try await answers(to: commands)
    }
}
