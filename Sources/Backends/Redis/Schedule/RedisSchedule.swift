public import Jobs
public import RedisClient
import Telemetry

/// The schedule on the server of the jobs: what happens there is one script each.
public struct RedisSchedule: ScheduleStore {
    let connection: RedisConnection
    let keys: ScheduleKeys
    private let zones: any ZoneSource

    /// The schedule under these names.
    public init(connection: RedisConnection, keys: ControlKeys, zones: any ZoneSource) {
        self.connection = connection
        self.keys = ScheduleKeys(keys)
        self.zones = zones
    }

    // MARK: Reading

    /// Entries in the order of their names.
    public func listings(
        after name: String?,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleListing] {
        try await listings(from: name.map { "(\($0)" } ?? "-", limit: limit)
    }

    /// The entry of that name.
    public func record(named name: String) async throws(ScheduleError) -> ScheduleRecord {
        let listings = try await listings(from: "[\(name)", limit: 1)
        guard let listing = listings.first, listing.name == name else { throw .notFound(name) }
        return try listing.record()
    }

    private func listings(
        from start: String,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleListing] {
        let reply = try await run(call(ScheduleScripts.records, start, limit))
        var listings: [ScheduleListing] = []
        for element in reply.elements.map(Array.init) ?? [] {
            listings.append(try StoredEntry(element).listing(zones))
        }
        return listings
    }

    /// The last firings of an entry.
    public func history(
        of name: String,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleRun] {
        let isThere = RedisCommand("HEXISTS", keys.entry(name), "revision")
        let read = RedisCommand("ZREVRANGE", keys.runs(name), 0, limit - 1)
        let replies = try await answers(to: [isThere, read])
        guard replies[0].integer == 1 else { throw .notFound(name) }
        guard limit > 0 else { return [] }
        return (replies[1].elements.map(Array.init) ?? [])
            .compactMap { $0.string.flatMap(ScheduleRun.init(stored:)) }
    }

    /// The processes that have looked lately.
    public func beats() async throws(ScheduleError) -> [BeatSighting] {
        let replies = try await answers(to: [
            RedisCommand("HGETALL", keys.beats), RedisCommand("TIME"),
        ])
        guard let seconds = replies[1][0]?.string.flatMap(Int64.init) else {
            throw .unreadableReply
        }
        let now = WallTime(milliseconds: seconds * 1_000)
        let texts = (replies[0].elements.map(Array.init) ?? []).map { $0.string ?? "" }
        return stride(from: 0, to: texts.count - 1, by: 2)
            .compactMap { index in
                let numbers = texts[index + 1].split(separator: " ").compactMap { Int64($0) }
                guard numbers.count == 2 else { return nil }
                let seenAt = WallTime(milliseconds: numbers[0])
                guard seenAt.duration(to: now) <= BeatSighting.lifetime else { return nil }
                return BeatSighting(
                    node: texts[index],
                    seenAt: seenAt,
                    skew: .milliseconds(numbers[1])
                )
            }
            .sorted { $0.node < $1.node }
    }

    // MARK: Changing

    /// Makes or changes a dynamic entry.
    public func set(_ entry: ScheduleEntry) async throws(ScheduleError) -> ScheduleChange {
        let reply = try await run(
            call(
                ScheduleScripts.set,
                entry.name,
                entry.json,
                entry.timingKey,
                entry.isEnabled ? 1 : 0
            )
        )
        switch reply.string {
        case "created": return .created
        case "changed": return .changed
        case "unchanged": return .unchanged
        case "fixed": throw .notDynamic(entry.name)
        default: throw .unreadableReply
        }
    }

    /// Removes a dynamic entry.
    public func delete(_ name: String) async throws(ScheduleError) {
        switch try await run(call(ScheduleScripts.delete, name)).integer {
        case 1: return
        case 0: throw .notFound(name)
        case -1: throw .notDynamic(name)
        default: throw .unreadableReply
        }
    }

    /// Lets an entry not fire.
    public func pause(
        _ name: String,
        by who: String,
        reason: String
    ) async throws(ScheduleError) {
        let reply = try await run(call(ScheduleScripts.pause, name, who, reason))
        guard reply.integer == 1 else { throw .notFound(name) }
    }

    /// Lets an entry fire again.
    public func resume(_ name: String) async throws(ScheduleError) {
        let reply = try await run(call(ScheduleScripts.resume, name))
        guard reply.integer == 1 else { throw .notFound(name) }
    }

    /// Fires an entry now.
    public func fire(_ name: String) async throws(ScheduleError) -> ScheduleRun {
        let entry = try await record(named: name).entry
        let time = try await answers(to: [RedisCommand("TIME")])[0]
        guard let seconds = time[0]?.string.flatMap(Int64.init),
            let microseconds = time[1]?.string.flatMap(Int64.init)
        else { throw .unreadableReply }
        let now = WallTime(milliseconds: seconds * 1_000 + microseconds / 1_000)
        var call = call(
            ScheduleScripts.fireNow,
            name,
            entry.overlap.rawValue,
            entry.runLimit.milliseconds
        )
        append(try .manual(of: entry, at: now), entry.transport, to: &call)
        let reply = try await run(call)
        switch reply.integer {
        case -1: throw .notFound(name)
        case -2: throw .full
        default: break
        }
        guard let run = reply.string.flatMap(ScheduleRun.init(stored:)) else {
            throw .unreadableReply
        }
        return run
    }

    // MARK: Calls

    /// A call whose first argument is what all names begin with.
    func call<each Argument: RedisArgument>(
        _ script: RedisScript,
        _ arguments: repeat each Argument
    ) -> RedisScriptCall {
        script.call(keys: [keys.prefix], repeat each arguments)
    }

    /// Appends a firing as the scripts read it.
    func append(
        _ firing: ScheduleClaim.Firing,
        _ transport: ScheduleEntry.Transport,
        to call: inout RedisScriptCall
    ) {
        call.append(firing.instant.milliseconds)
        call.append(firing.cause.rawValue)
        call.append(transport == .amqp ? "" : keys.stream(ofType: firing.event.job.type))
        call.append(firing.event.id ?? "")
        call.append(firing.event.encoded())
    }

    func run(_ call: RedisScriptCall) async throws(ScheduleError) -> RedisReply {
        do throws(RedisError) {
            return try await connection.run(call)
        } catch {
            throw ScheduleError(error)
        }
    }

    func answers(to commands: [RedisCommand]) async throws(ScheduleError) -> [RedisReply] {
        do throws(RedisError) {
            let replies = try await connection.run(commands, and: [])
            for reply in replies { _ = try reply.get() }
            return replies
        } catch {
            throw ScheduleError(error)
        }
    }
}

extension ScheduleError {
    init(_ error: RedisError) {
        self.init(error.isRetriable ? .unavailable : .refused, error.message)
    }

    static let unreadableReply = ScheduleError(
        .refused,
        "Redis answered what a script of the schedule does not"
    )
}
