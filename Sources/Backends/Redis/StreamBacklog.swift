import Jobs
import RedisClient

/// How much waits in one job stream, from a few commands of constant cost.
struct StreamBacklog {
    private let stream: String
    private let queue: String
    private var waiting: Int?
    private let unsettled: Int
    private var lastDelivered: String?
    private var oldest: Int?

    /// The backlogs of the streams of these kinds, by the server's own clock.
    static func read(
        over connection: RedisConnection,
        _ kinds: [JobKind],
        _ keys: ControlKeys
    ) async throws(RedisError) -> [Backlog] {
        var pipeline = Pipeline(RedisCommand("TIME"))
        let streams = kinds.map(keys.stream)
        for stream in streams {
            pipeline.append("XLEN", stream)
            pipeline.append("XINFO", "GROUPS", stream)
            pipeline.append("XPENDING", stream, ControlKeys.group)
        }
        let replies = try await connection.execute(pipeline)
        let now = milliseconds(ofTime: try replies[0].get())
        var backlogs = kinds.indices.map { index in
            StreamBacklog(
                (streams[index], kinds[index].rawValue),
                replies.dropFirst(1 + 3 * index).prefix(3)
            )
        }
        try await findOldestWaiting(&backlogs, over: connection)
        return backlogs.map { $0.backlog(at: now) }
    }

    /// Reads the replies to XLEN, XINFO GROUPS and XPENDING.
    ///
    /// Where there is no stream or no group yet the last two are errors, which have no elements;
    /// then all of the stream waits.
    private init(_ names: (stream: String, queue: String), _ replies: Slice<PipelineReplies>) {
        (stream, queue) = names
        let (length, groups, pending) = (replies.first, replies.dropFirst().first, replies.last)
        waiting = length?.integer
        unsettled = pending?[0]?.integer ?? 0
        oldest = pending?[1]?.string.flatMap(Self.milliseconds(ofID:))
        for group in groups?.elements.map(Array.init) ?? [] {
            let fields = Self.fields(of: group)
            guard fields["name"]?.string == ControlKeys.group else { continue }
            waiting = fields["lag"]?.integer
            lastDelivered = fields["last-delivered-id"]?.string
        }
    }

    /// The first entry behind the last delivered one, where there may be one.
    private static func findOldestWaiting(
        _ backlogs: inout [StreamBacklog],
        over connection: RedisConnection
    ) async throws(RedisError) {
        let behind = backlogs.indices.filter { backlogs[$0].waiting != 0 }
        var pipeline = Pipeline()
        for index in behind {
            let start = backlogs[index].lastDelivered.map { "(\($0)" } ?? "-"
            pipeline.append("XRANGE", backlogs[index].stream, start, "+", "COUNT", 1)
        }
        let replies = try await connection.execute(pipeline)
        for (index, reply) in zip(behind, replies) {
            guard let first = reply[0]?[0]?.string.flatMap(milliseconds(ofID:)) else { continue }
            backlogs[index].oldest = min(first, backlogs[index].oldest ?? first)
        }
    }

    private func backlog(at now: Int) -> Backlog {
        Backlog(
            queue: queue,
            waiting: waiting,
            unsettled: unsettled,
            oldestAge: .milliseconds(oldest.map { max(0, now - $0) } ?? 0)
        )
    }

    // MARK: Replies

    private static func fields(of group: RedisReply) -> [String: RedisReply] {
        let elements = group.elements.map(Array.init) ?? []
        var fields: [String: RedisReply] = [:]
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            fields[elements[index].string ?? ""] = elements[index + 1]
        }
        return fields
    }

    /// Of an id of an entry, `milliseconds-sequence`.
    private static func milliseconds(ofID id: String) -> Int? { Int(id.prefix { $0 != "-" }) }

    /// Of the reply to TIME: seconds and microseconds.
    private static func milliseconds(ofTime reply: RedisReply) -> Int {
        let parts = [reply[0], reply[1]].map { $0?.string.flatMap(Int.init) ?? 0 }
        return parts[0] * 1_000 + parts[1] / 1_000
    }
}
