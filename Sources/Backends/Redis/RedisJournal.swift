public import CacheDomain
public import RedisClient

/// The journal of the coherence log on Redis.
///
/// Appending trims it by whole blocks, whose size the server decides; with
/// `stream-node-max-entries 0` that may be never. And a log that is silent keeps what it has.
public struct RedisJournal: JournalUpkeep {
    /// How many messages one step removes.
    static let messagesPerStep = 1_000

    private let connection: RedisConnection
    private let keys: ControlKeys

    /// The journal of these names.
    public init(connection: RedisConnection, keys: ControlKeys) {
        self.connection = connection
        self.keys = keys
    }

    /// Trims by length, and by a mark that the last trimming at least so long ago has left: the
    /// ids of the journal are numbers, and tell no time.
    public func trimJournal(
        toLength length: Int,
        olderThan age: Duration
    ) async throws(StoreError) -> Int {
        let call = Self.step.call(
            keys: [keys.journal, keys.epoch, keys.journalMark],
            length,
            Int(age / .milliseconds(1)),
            Self.messagesPerStep
        )
        var removed = 0
        do throws(RedisError) {
            while true {
                let reply = try await connection.run(call)
                removed += reply[0]?.integer ?? 0
                // The last step says that nothing is left to do.
                guard reply[1]?.integer == 1 else { return removed }
            }
        } catch {
            throw StoreError(error)
        }
    }

    /// One step: how many messages it removed, and 1 if more may go.
    ///
    /// Numbers have no gaps, so a number less the first one is a count. A mark is the last number
    /// of its time; it holds for its epoch only, as the next one begins to count anew.
    private static let step = RedisScript(
        """
        redis.call('PERSIST', KEYS[3])
        local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
        local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
        local epoch = redis.call('GET', KEYS[2])
        if not last or not epoch then
          redis.call('DEL', KEYS[3])
          return {0, 0}
        end
        local function number(entry) return tonumber(string.match(entry[1], '^(%d+)')) end
        local newest, oldest = number(last), number(first)
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local least = newest - ARGV[1] + 1
        local mark = redis.call('HMGET', KEYS[3], 'epoch', 'number', 'time')
        local isDue = mark[1] ~= epoch or tonumber(mark[3]) > now
        if not isDue and now - mark[3] >= tonumber(ARGV[2]) then
          least = math.max(least, tonumber(mark[2]))
          isDue = true
        end
        least = math.min(least, newest)
        local goal = math.min(least, oldest + ARGV[3])
        local removed = 0
        if goal > oldest then
          removed = redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f-0', goal))
        end
        if goal < least then return {removed, 1} end
        if isDue then
          redis.call('HSET', KEYS[3], 'epoch', epoch, 'number', string.format('%.0f', newest),
            'time', string.format('%.0f', now))
        end
        return {removed, 0}
        """
    )
}
