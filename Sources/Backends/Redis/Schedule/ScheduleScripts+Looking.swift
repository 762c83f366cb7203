import RedisClient

/// What a beat sees, and what it publishes over the broker.
extension ScheduleScripts {
    /// Shows that a process lives, and tells what is due.
    ///
    /// ARGV: node, skew in milliseconds, how many. Gives the time, life and version (or nulls),
    /// whether the process's entries are in, how much waits for the broker, since when the first
    /// entry is due and when the next one will be, since when the first event waits for the broker
    /// (or nulls), how many entries there are, then for each that is due: name, definition,
    /// revision, place.
    ///
    /// A full server refuses the sign of life; looking goes on without.
    static let look = RedisScript(
        prelude + """
            local node, limit = ARGV[1], tonumber(ARGV[3])
            local meta = redis.call('HMGET', p .. 'meta', 'life', 'version')
            local isHeld = redis.call('ZSCORE', p .. 'held', node) and 1 or 0
            local due = redis.call('ZRANGEBYSCORE', p .. 'due', '-inf', digits(now),
              'WITHSCORES', 'LIMIT', 0, limit)
            local since = false
            local entries = {}
            for i = 1, #due, 2 do
              local found = redis.call('HMGET', entry(due[i]), 'json', 'revision', 'place')
              if found[2] then
                for _, text in ipairs({due[i], unpack(found)}) do entries[#entries + 1] = text end
                if not since and tonumber(due[i + 1]) > 0 then since = due[i + 1] end
              else
                redis.call('ZREM', p .. 'due', due[i])
              end
            end
            local next = redis.call('ZRANGE', p .. 'due', #entries / 4, #entries / 4, 'WITHSCORES')
            if isHeld == 1 then redis.pcall('ZADD', p .. 'held', digits(now), node) end
            redis.pcall('HSET', p .. 'beats', node, digits(now) .. ' ' .. ARGV[2])
            local oldest = redis.call('ZRANGE', p .. 'outbox:since', 0, 0, 'WITHSCORES')[2]
            return {digits(now), meta[1], meta[2], isHeld, redis.call('ZCARD', p .. 'outbox'),
              since, next[2] or false, oldest or false, redis.call('ZCARD', p .. 'names'),
              unpack(entries)}
            """
    )

    /// Puts off what is due.
    ///
    /// ARGV: milliseconds, then names.
    static let postpone = RedisScript(
        prelude + """
            for i = 2, #ARGV do
              local at = redis.call('ZSCORE', p .. 'due', ARGV[i])
              if at and tonumber(at) <= now then
                redis.call('ZADD', p .. 'due', digits(now + ARGV[1]), ARGV[i])
              end
            end
            return 0
            """
    )

    /// Takes events for the broker that are nobody's.
    ///
    /// ARGV: how many, for how many milliseconds.
    static let takeOutgoing = RedisScript(
        prelude + """
            local taken = {}
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'outbox', '-inf', digits(now),
              'LIMIT', 0, ARGV[1])) do
              local event = redis.call('HGET', p .. 'outbox:events', id)
              if event then
                redis.call('ZADD', p .. 'outbox', digits(now + ARGV[2]), id)
                taken[#taken + 1] = id
                taken[#taken + 1] = event
              else
                redis.call('ZREM', p .. 'outbox', id)
                redis.call('ZREM', p .. 'outbox:since', id)
              end
            end
            return taken
            """
    )

    /// Removes old runs of some entries: how many, and the last name; null when it was the end.
    ///
    /// ARGV: where to begin, as ZRANGEBYLEX wants it; how many entries; milliseconds.
    static let trimHistory = RedisScript(
        prelude + """
            local removed = 0
            local names = redis.call('ZRANGEBYLEX', p .. 'names', ARGV[1], '+', 'LIMIT', 0, ARGV[2])
            for _, name in ipairs(names) do
              local runs = p .. 'runs:' .. name
              local last = redis.call('ZRANGE', runs, -1, -1, 'WITHSCORES')[2]
              if last then
                local oldest = '(' .. digits(math.min(now - ARGV[3], tonumber(last)))
                removed = removed + redis.call('ZREMRANGEBYSCORE', runs, '-inf', oldest)
              end
            end
            return {removed, names[tonumber(ARGV[2])] or false}
            """
    )

    /// Entries in the order of their names.
    ///
    /// ARGV: where to begin, as ZRANGEBYLEX wants it; how many. Gives for each a list of what
    /// ``StoredEntry`` reads.
    static let records = RedisScript(
        prelude + """
            local records = {}
            local names = redis.call('ZRANGEBYLEX', p .. 'names', ARGV[1], '+', 'LIMIT', 0, ARGV[2])
            for _, name in ipairs(names) do
              local fields = redis.call('HGETALL', entry(name))
              records[#records + 1] = {name, fields,
                redis.call('ZRANGE', p .. 'running:' .. name, 0, -1),
                redis.call('LLEN', p .. 'waiting:' .. name)}
            end
            return records
            """
    )
}
