import Codecs
import Jobs
import RedisClient

/// An entry of one of the job streams.
struct StreamEntry {
    /// Which stream, by its place among the job streams.
    let stream: Int
    /// The entry's id, `milliseconds-sequence`.
    let id: ArraySlice<UInt8>
    /// The value of its field `event`; if it has none, all its fields, a line each.
    let event: ArraySlice<UInt8>
    /// The value of its field `attempt`, which a job has that comes again.
    var attempt: Int
    /// The value of its field `firstFailedAt`, which a job has that failed before.
    var firstFailedAt: WallTime?
    /// Its place among the jobs of all streams: its first id, or the time it had to wait for.
    var stamp: OrderStamp?
    /// Whether it has that field.
    let hasEvent: Bool
    /// Whether a process had it that may have died of it.
    var isSuspect = false

    /// The entry as a job from that stream.
    func delivery(at stream: String) -> Delivery {
        Delivery(
            body: event,
            attempt: attempt,
            firstFailedAt: firstFailedAt,
            name: Delivery.Name(stream, id),
            isSuspect: isSuspect,
            stamp: stamp,
            fault: hasEvent ? nil : Self.missingField
        )
    }

    /// The same job after one more failure.
    func failed(at now: WallTime) -> StreamEntry {
        var entry = self
        entry.attempt += 1
        entry.firstFailedAt = firstFailedAt ?? now
        return entry
    }

    /// The same job where a process may have died of it.
    func suspected(_ isSuspect: Bool = true) -> StreamEntry {
        var entry = self
        entry.isSuspect = isSuspect
        return entry
    }

    /// The same job when it has waited for its time, which makes it as new as that.
    func snoozed(until time: WallTime) -> StreamEntry {
        var entry = self
        entry.stamp = stamp?.notBefore(milliseconds: time.milliseconds)
        return entry
    }

    /// Its id, and behind it the one that says its place, which it keeps while it waits.
    var identityRecord: [UInt8] {
        guard let stamp else { return Array(id) }
        return id + Array(" \(stamp.entryID)".utf8)
    }

    /// What is kept of it while it waits: the attempt, and when the first one failed.
    var record: String { firstFailedAt.map { "\(attempt) \($0.text)" } ?? "\(attempt)" }

    private static let missingField = EventError(
        .schema,
        path: "event",
        message: "the entry has no field event; the dead letter shows the fields it has"
    )
    private static let field = ArraySlice("event".utf8)
    private static let attemptField = ArraySlice("attempt".utf8)
    private static let stampField = ArraySlice("stamp".utf8)
    private static let failureField = ArraySlice("firstFailedAt".utf8)

    /// The entries of an XREADGROUP reply, in the order they were added to Redis.
    static func read(_ reply: RedisReply, streams: [String], kinds: [JobKind]) -> [StreamEntry] {
        var cursor = reply.cursor
        guard let streamCount = cursor.enterArray() else { return [] }
        var entries: [StreamEntry] = []
        for _ in 0..<streamCount {
            guard cursor.enterArray() == 2, let name = cursor.bytes() else { return entries }
            let stream = streams.firstIndex { name.elementsEqual($0.utf8) }
            appendEntries(of: stream, kinds, &cursor, to: &entries)
        }
        if streamCount > 1 { sort(&entries) }
        return entries
    }

    /// The entries of the claiming script's reply: a list for each stream.
    static func read(claimed reply: RedisReply, kinds: [JobKind]) -> [StreamEntry] {
        var cursor = reply.cursor
        guard let streamCount = cursor.enterArray() else { return [] }
        var entries: [StreamEntry] = []
        for stream in 0..<streamCount { appendEntries(of: stream, kinds, &cursor, to: &entries) }
        if streamCount > 1 { sort(&entries) }
        return entries
    }

    /// The entries of an XCLAIM reply.
    static func read(_ reply: RedisReply, of stream: Int, kinds: [JobKind]) -> [StreamEntry] {
        var cursor = reply.cursor
        var entries: [StreamEntry] = []
        appendEntries(of: stream, kinds, &cursor, to: &entries)
        return entries
    }

    /// What tells an entry from all others.
    struct Identity: Hashable {
        private let stream: Int
        private let id: ArraySlice<UInt8>

        init(_ stream: Int, _ id: ArraySlice<UInt8>) {
            self.stream = stream
            self.id = id
        }
    }

    var identity: Identity { Identity(stream, id) }

    /// When it was added, by the clock of its server.
    var milliseconds: Int64 {
        Int64(String(decoding: id.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)) ?? 0
    }

    private static func appendEntries(
        of stream: Int?,
        _ kinds: [JobKind],
        _ cursor: inout ReplyCursor,
        to entries: inout [StreamEntry]
    ) {
        guard let count = cursor.enterArray() else { return }
        // The same in all lanes, whichever kinds they have.
        let rank = stream.map { kinds[$0].rank } ?? 0
        entries.reserveCapacity(entries.count + count)
        for _ in 0..<count {
            guard cursor.enterArray() == 2, let id = cursor.bytes() else { return }
            // The fields of an entry that was trimmed while it was pending are null.
            if cursor.skipNull() { continue }
            guard let values = cursor.enterArray() else { return }
            var event: ArraySlice<UInt8>?
            var attempt = 1
            var firstFailedAt: WallTime?
            var place = id
            var others: [UInt8] = []
            for _ in 0..<values / 2 {
                guard let name = cursor.bytes(), let value = cursor.bytes() else { return }
                if name == field {
                    event = value
                } else if name == attemptField {
                    attempt = Int(String(decoding: value, as: UTF8.self)) ?? 1
                } else if name == stampField {
                    place = value
                } else if name == failureField {
                    firstFailedAt = WallTime(String(decoding: value, as: UTF8.self))
                } else if event == nil {
                    others += name + Array(": ".utf8) + value + [UInt8(ascii: "\n")]
                }
            }
            guard let stream else { continue }
            entries.append(
                StreamEntry(
                    stream: stream,
                    id: id,
                    event: event ?? others[...],
                    attempt: attempt,
                    firstFailedAt: firstFailedAt,
                    stamp: OrderStamp(entryID: place, ofStream: rank),
                    hasEvent: event != nil
                )
            )
        }
    }

    /// Ids of different streams of one server are comparable: they begin with its clock.
    private static func sort(_ entries: inout [StreamEntry]) {
        entries.sort { left, right in
            guard let left = left.stamp, let right = right.stamp else { return false }
            return left.position < right.position
        }
    }
}

extension JobKind {
    /// Its place among all kinds.
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
