import Jobs
import RedisClient

/// What defines, pauses and removes entries.
extension ScheduleScripts {
    /// A removed entry leaves its place for a while, so that nothing fires twice when it comes
    /// back.
    private static let defining = """
        local function begin()
          local meta = p .. 'meta'
          if redis.call('HEXISTS', meta, 'life') == 0 then
            local life = redis.sha1hex(time[1] .. ' ' .. time[2] .. ' ' .. math.random())
            redis.call('HSET', meta, 'life', life, 'version', 0)
          end
        end
        local function later(a, b)
          return tonumber(a) > tonumber(b) and a or b
        end
        local function define(e)
          local key = entry(e.name)
          local old = redis.call('HMGET', key, 'revision', 'timing', 'place')
          local revision = redis.sha1hex(e.json)
          local result = 'unchanged'
          local place = old[3]
          if not old[1] then
            result = 'created'
            place = later(old[3] or '0', e.beginning)
          elseif old[2] ~= e.timing then
            place = later(old[3], digits(now))
          end
          if old[1] and old[1] ~= revision then result = 'changed' end
          redis.call('HSET', key, 'json', e.json, 'revision', revision, 'timing', e.timing,
            'enabled', e.enabled, 'origin', e.origin, 'file', e.file, 'place', place)
          if old[2] ~= e.timing or not old[1] then redis.call('HSET', key, 'next', '0') end
          redis.call('PERSIST', key)
          redis.call('ZADD', p .. 'names', 0, e.name)
          if e.origin == 'dynamic' then
            redis.call('SREM', p .. 'installed', e.name)
          else
            redis.call('SADD', p .. 'installed', e.name)
          end
          if result ~= 'unchanged' then
            change()
            schedule(e.name)
          end
          return result
        end
        local function remove(name)
          local place = redis.call('HGET', entry(name), 'place')
          redis.call('DEL', entry(name), p .. 'running:' .. name, p .. 'waiting:' .. name,
            p .. 'runs:' .. name)
          redis.call('HSET', entry(name), 'place', place)
          redis.call('PEXPIRE', entry(name), \(graveMilliseconds))
          redis.call('ZREM', p .. 'names', name)
          redis.call('ZREM', p .. 'due', name)
          redis.call('SREM', p .. 'installed', name)
          change()
        end

        """

    private static let graveMilliseconds = 86_400_000

    /// Makes or changes a dynamic entry: what that did; or `fixed` where the entry is not dynamic.
    ///
    /// ARGV: name, definition, what its times depend on, whether it is enabled.
    static let set = RedisScript(
        prelude + defining + """
            local origin = redis.call('HGET', entry(ARGV[1]), 'origin')
            if origin and origin ~= 'dynamic' then return 'fixed' end
            begin()
            return define({name = ARGV[1], json = ARGV[2], timing = ARGV[3], enabled = ARGV[4],
              origin = 'dynamic', file = 0, beginning = digits(now)})
            """
    )

    /// Removes a dynamic entry: 1; 0 when there is none, -1 when it is not dynamic.
    ///
    /// ARGV: name. Begins with a PERSIST, which changes nothing, so that a full server lets it
    /// through.
    static let delete = RedisScript(
        prelude + defining + """
            local origin = redis.call('HGET', entry(ARGV[1]), 'origin')
            if not origin then return 0 end
            if origin ~= 'dynamic' then return -1 end
            redis.call('PERSIST', entry(ARGV[1]))
            remove(ARGV[1])
            return 1
            """
    )

    /// Lets an entry not fire: 1, or 0 when there is none.
    ///
    /// ARGV: name, who, why.
    static let pause = RedisScript(
        prelude + """
            local key = entry(ARGV[1])
            if redis.call('HEXISTS', key, 'revision') == 0 then return 0 end
            redis.call('PERSIST', key)
            if redis.call('HSETNX', key, 'pausedAt', digits(now)) == 1 then
              redis.call('HSET', key, 'pausedBy', ARGV[2], 'pausedWhy', ARGV[3])
              schedule(ARGV[1])
              change()
            end
            return 1
            """
    )

    /// Lets an entry fire again, from now on: 1, or 0 when there is none.
    ///
    /// ARGV: name.
    static let resume = RedisScript(
        prelude + """
            local key = entry(ARGV[1])
            if redis.call('HEXISTS', key, 'revision') == 0 then return 0 end
            redis.call('PERSIST', key)
            if redis.call('HDEL', key, 'pausedAt', 'pausedBy', 'pausedWhy') > 0 then
              local place = redis.call('HGET', key, 'place')
              if tonumber(place) < now then place = digits(now) end
              redis.call('HSET', key, 'place', place, 'next', '0')
              schedule(ARGV[1])
              change()
            end
            return 1
            """
    )

    /// Puts the entries of a process in, and removes those that no living process has any more.
    ///
    /// ARGV: node, number of its file or nothing, where entries begin or nothing, then for each
    /// entry: name, definition, what its times depend on, whether it is enabled, origin. Gives the
    /// number, life, version, and two lists: taken over, removed.
    static let install = RedisScript(
        prelude + defining + """
            local node, number, beginning = ARGV[1], tonumber(ARGV[2]), ARGV[3]
            local read = tonumber(redis.call('HGET', p .. 'meta', 'file') or '0')
            number = number or read + 1
            begin()
            redis.call('HSET', p .. 'meta', 'file', digits(math.max(number, read)))
            if beginning == '' then beginning = digits(now) end
            local held, takenOver = p .. 'held:' .. node, {}
            redis.call('DEL', held)
            for i = 4, #ARGV, 5 do
              local e = {name = ARGV[i], json = ARGV[i + 1], timing = ARGV[i + 2],
                enabled = ARGV[i + 3], origin = ARGV[i + 4], file = digits(number),
                beginning = beginning}
              redis.call('SADD', held, e.name)
              local old = redis.call('HMGET', entry(e.name), 'origin', 'file')
              if old[1] == 'dynamic' then takenOver[#takenOver + 1] = e.name end
              if not old[1] or old[1] == 'dynamic' or tonumber(old[2]) <= number then define(e) end
            end
            redis.call('ZADD', p .. 'held', digits(now), node)
            local oldest = digits(now - \(BeatSighting.lifetime.milliseconds))
            local gone = redis.call('ZRANGEBYSCORE', p .. 'held', '-inf', '(' .. oldest)
            for _, dead in ipairs(gone) do
              redis.call('DEL', p .. 'held:' .. dead)
              redis.call('ZREM', p .. 'held', dead)
              redis.call('HDEL', p .. 'beats', dead)
            end
            local sets = {p .. 'installed'}
            for _, living in ipairs(redis.call('ZRANGE', p .. 'held', 0, -1)) do
              sets[#sets + 1] = p .. 'held:' .. living
            end
            local removed = redis.call('SDIFF', unpack(sets))
            table.sort(removed)
            for _, name in ipairs(removed) do remove(name) end
            local meta = redis.call('HMGET', p .. 'meta', 'life', 'version')
            return {number, meta[1], meta[2], takenOver, removed}
            """
    )
}
