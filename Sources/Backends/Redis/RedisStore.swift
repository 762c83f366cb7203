public import CacheDomain
public import Codecs
public import RedisClient

/// The shared tier on Redis.
///
/// Where the log is on the same server, data and message change in one script. Elsewhere the change
/// is announced, made, and announced again: whoever read the old value in between hears of it.
public struct RedisStore: RemoteStore {
    /// How many keys one step of an enumeration looks at: a fraction of a millisecond for Redis.
    static let stepLength = 1000

    let connection: RedisConnection
    let log: RedisCoherenceLog
    let fences = FenceMemory()

    /// A store whose changes are announced in `log`.
    public init(connection: RedisConnection, log: RedisCoherenceLog) {
        self.connection = connection
        self.log = log
    }

    var isLogOnSameServer: Bool { connection === log.connection }

    /// Removes, writes and announces.
    public func apply(_ change: Change) async throws(StoreError) -> ChangeReceipt {
        for key in change.removals { try refuseOwn(key) }
        for write in change.writes { try refuseOwn(write.key) }
        let stamps = RemovalStamps(change.removalStamps)
        return try await apply(change, change.removals, stamps)
    }

    /// Appends a message that changes nothing.
    public func announce(_ announcement: Announcement) async throws(StoreError) -> LogPosition {
        try await log.announce(announcement)
    }

    /// Removes what the scope covers, step by step; never keys of the service itself.
    public func purge(
        _ scope: PurgeScope,
        stamp: OrderStamp?,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int {
        if let stamp { try await fence(scope, stamp) }
        return switch scope {
        case .tag(let name):
            try await purge(tag: ControlKeys.tag(name), stamp, announced: announced)
        case .pattern(let glob):
            try await purge(pattern: glob, stamp)
        case .namespace(let name):
            try await purge(pattern: GlobPattern.escaping("\(name):") + "*", stamp)
        }
    }

    /// Some of the keys that the glob matches: what one SCAN finds.
    public func keys(
        matching pattern: String,
        from cursor: KeyPage.Cursor?
    ) async throws(StoreError) -> KeyPage {
        let start = cursor?.name ?? "0"
        guard UInt64(start) != nil else {
            throw StoreError(.invalid, "\(start) is no place of an enumeration by Redis")
        }
        let page = try await page(
            of: RedisCommand("SCAN", start, "MATCH", pattern, "COUNT", Self.stepLength)
        )
        return KeyPage(
            keys: page.items.filter { !isOwn($0) }
                .compactMap { String(validating: $0, as: UTF8.self) },
            next: page.next.map { KeyPage.Cursor(String(decoding: $0, as: UTF8.self)) }
        )
    }

    /// Looks through all tags, step by step.
    public func removeOrphanedTagMembers() async throws(StoreError) -> Int {
        var removed = 0
        let pattern = GlobPattern.escaping(ControlKeys.tagPrefix) + "*"
        try await scan(matching: pattern, type: "set") { tags throws(StoreError) in
            for tag in tags { removed += try await removeOrphans(of: tag) }
        }
        return removed
    }

    /// Looks at all keys of a type that the glob matches, step by step.
    func scan(
        matching pattern: String,
        type: String,
        _ body: ([ArraySlice<UInt8>]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        var cursor: ArraySlice<UInt8> = ArraySlice("0".utf8)
        while true {
            let page = try await page(
                of: RedisCommand(
                    "SCAN",
                    cursor,
                    "MATCH",
                    pattern,
                    "COUNT",
                    Self.stepLength,
                    "TYPE",
                    type
                )
            )
            try await body(page.items)
            guard let next = page.next else { return }
            cursor = next
        }
    }

    /// The keys of the service are no cached data: removing them would lose jobs, or tags.
    func refuseOwn(_ key: String) throws(StoreError) {
        guard isOwn(key.utf8) else { return }
        throw StoreError(.invalid, "\(key) is a key of the service itself and cannot be changed")
    }

    func isOwn(_ key: some Collection<UInt8>) -> Bool {
        key.starts(with: log.keys.slot.utf8) || key.starts(with: ControlKeys.tagPrefix.utf8)
    }

    // MARK: Tags

    private func removeOrphans(of tag: ArraySlice<UInt8>) async throws(StoreError) -> Int {
        var removed = 0
        var cursor: ArraySlice<UInt8> = ArraySlice("0".utf8)
        repeat {
            let call = Self.orphanScript.call(keys: [tag], cursor, Self.stepLength)
            let reply = try await run(call)
            guard let next = reply[0]?.bytes, let count = reply[1]?.integer else {
                throw .unexpected(reply, to: "the script that looks for orphaned members")
            }
            removed += count
            cursor = next
        } while cursor != ArraySlice("0".utf8)
        return removed
    }

    /// Looking and removing is one step: a key written in between would lose its tag.
    private static let orphanScript = RedisScript(
        """
        local reply = redis.call('SSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
        local removed = 0
        for _, member in ipairs(reply[2]) do
          if redis.call('EXISTS', member) == 0 then
            removed = removed + redis.call('SREM', KEYS[1], member)
          end
        end
        return {reply[1], removed}
        """
    )

    /// What SCAN and SSCAN answer.
    struct Page {
        let next: ArraySlice<UInt8>?
        let items: [ArraySlice<UInt8>]

        init(_ reply: RedisReply) throws(StoreError) {
            try self.init(next: reply[0], items: reply[1])
        }

        init(next: RedisReply?, items list: RedisReply?) throws(StoreError) {
            guard let cursor = next?.bytes, let elements = list?.elements else {
                throw StoreError(.invalid, "Redis answered a SCAN command with no page")
            }
            self.next = cursor == ArraySlice("0".utf8) ? nil : cursor
            items = elements.compactMap(\.bytes)
        }
    }

    func page(of command: RedisCommand) async throws(StoreError) -> Page {
        let replies = try await execute(Pipeline(command))
        return try Page(replies[0])
    }

    // MARK: Asking

    func run(_ call: RedisScriptCall) async throws(StoreError) -> RedisReply {
        do throws(RedisError) {
            return try await connection.run(call)
        } catch {
            throw StoreError(error)
        }
    }

    /// Executes a pipeline of which every command must succeed.
    func execute(_ pipeline: Pipeline) async throws(StoreError) -> PipelineReplies {
        do throws(RedisError) {
            let replies = try await connection.execute(pipeline)
            if let error = replies.firstError { throw error }
            return replies
        } catch {
            throw StoreError(error)
        }
    }
}
