public import CacheDomain
import RedisClient

extension RedisStore {
    /// Looks through all sorted sets that the glob matches, step by step; never those of the
    /// service itself.
    public func removeEmptyWindows(
        matching pattern: String,
        olderThan age: Duration
    ) async throws(StoreError) -> Int {
        var removed = 0
        try await scan(matching: pattern, type: "zset") { keys throws(StoreError) in
            let windows = keys.filter { !isOwn($0) }
            guard !windows.isEmpty else { return }
            let call = Self.windowScript.call(keys: windows, Int(age / .milliseconds(1)))
            let reply = try await run(call)
            guard let count = reply.integer else {
                throw .unexpected(reply, to: "the script that looks for empty windows")
            }
            removed += count
        }
        return removed
    }

    /// Looking and removing is one step: a mark made in between would be lost.
    ///
    /// A score below that of September 2001 is no moment in seconds, and one in milliseconds is
    /// far ahead.
    private static let windowScript = RedisScript(
        """
        local time = redis.call('TIME')
        local last = time[1] + time[2] / 1000000 - ARGV[1] / 1000
        local removed = 0
        for _, key in ipairs(KEYS) do
          local newest = tonumber(redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2])
          if newest and newest >= 1000000000 and newest < last then
            removed = removed + redis.call('UNLINK', key)
          end
        end
        return removed
        """
    )
}
