import RedisClient

/// The scripts that run a transaction on data structures, with and without an announcement.
enum StructureScripts {
    /// Runs the steps; nothing has to be announced, or not here.
    static let perform = RedisScript(
        performing(firstKey: 1, firstArgument: 1) + "return {0, answers}"
    )
    /// Runs the steps and appends a message to the log, which is on the same server.
    static let performAndAnnounce = RedisScript(
        performing(
            firstKey: CoherenceScripts.logKeyCount + 1,
            firstArgument: CoherenceScripts.logArgumentCount + 1
        ) + CoherenceScripts.announcing + "return {0, answers, s, epoch}"
    )

    /// A key holds another structure than a step wants: the number of the step and the structure
    /// follow, and nothing has been done.
    static let wrongStructure = -1
    /// A step adds to what is no number, or comes to one that is too great.
    static let noNumber = -2
    static let numberOutOfRange = -3

    // KEYS: those of the log, if it is announced; loads; one for each step.
    // ARGV: those of the log; for each step its name, the number of its arguments, and these.
    // A server undoes nothing, so all steps are looked at before the first is done. The clock is
    // that of the server, in seconds, as other programs write into sorted sets.
    private static func performing(firstKey: Int, firstArgument: Int) -> String {
        """
        local loads = KEYS[\(firstKey)]
        \(LoadScripts.ending)
        local steps, arg = {}, \(firstArgument)
        for i = \(firstKey + 1), #KEYS do
          local count = tonumber(ARGV[arg + 1])
          steps[#steps + 1] = {name = ARGV[arg], key = KEYS[i], first = arg + 2}
          arg = arg + 2 + count
        end
        \(checking)
        \(doing)
        local answers = {}
        for i, step in ipairs(steps) do
          if isOfCopies[step.name] then endLeases({step.key}, 1, 1) end
          answers[i] = perform[step.name](step.key, step.first)
        end

        """
    }

    private static let checking = """
        local isOfCopies = {set = true, add = true, expire = true, remove = true}
        local wanted = {
          get = 'string', add = 'string', fields = 'hash', merge = 'hash', replace = 'hash',
          elements = 'list',
          append = 'list', count = 'zset', mark = 'zset', members = 'zset', join = 'zset',
          drop = 'zset'
        }
        local left = {
          set = 'string', add = 'string', merge = 'hash', replace = 'hash', append = 'list',
          mark = 'zset', join = 'zset', remove = 'none'
        }
        local kinds, texts = {}, {}
        for i, step in ipairs(steps) do
          local key, name = step.key, step.name
          local kind = kinds[key] or redis.call('TYPE', key).ok
          if wanted[name] and kind ~= 'none' and kind ~= wanted[name] then
            return {\(wrongStructure), i, kind}
          end
          if name == 'set' then texts[key] = ARGV[step.first] end
          if name == 'remove' then texts[key] = '0' end
          if name == 'add' then
            local text = texts[key] or (kind == 'none' and '0') or redis.call('GET', key)
            local number = tonumber(text)
            if not number or string.format('%.0f', number) ~= text then
              return {\(noNumber), i}
            end
            number = number + ARGV[step.first]
            if math.abs(number) > 9007199254740991 then return {\(numberOutOfRange), i} end
            texts[key] = string.format('%.0f', number)
          end
          kinds[key] = left[name] or kind
        end
        """

    private static let doing = """
        local time = redis.call('TIME')
        local now = time[1] + time[2] / 1000000
        local function moment(seconds) return string.format('%.6f', seconds) end
        local perform = {}
        function perform.get(key) return {redis.call('GET', key)} end
        function perform.set(key, arg)
          redis.call('SET', key, ARGV[arg], 'PX', ARGV[arg + 1])
          return 0
        end
        function perform.add(key, arg)
          local isNew = redis.call('EXISTS', key) == 0
          local sum = redis.call('INCRBY', key, ARGV[arg])
          if isNew then redis.call('PEXPIRE', key, ARGV[arg + 1]) end
          return sum
        end
        function perform.fields(key) return redis.call('HGETALL', key) end
        function perform.merge(key, arg)
          for i = arg + 2, arg + 1 + ARGV[arg + 1], 2 do
            redis.call('HSET', key, ARGV[i], ARGV[i + 1])
          end
          redis.call('PEXPIRE', key, ARGV[arg])
          return 0
        end
        function perform.replace(key, arg)
          redis.call('UNLINK', key)
          return perform.merge(key, arg)
        end
        function perform.elements(key) return redis.call('LRANGE', key, 0, -1) end
        function perform.append(key, arg)
          redis.call('RPUSH', key, ARGV[arg])
          redis.call('LTRIM', key, -ARGV[arg + 1], -1)
          redis.call('PEXPIRE', key, ARGV[arg + 2])
          return redis.call('LLEN', key)
        end
        function perform.count(key, arg)
          return redis.call('ZCOUNT', key, '(' .. moment(now - ARGV[arg] / 1000), '+inf')
        end
        function perform.mark(key, arg)
          local window, limit = ARGV[arg] / 1000, tonumber(ARGV[arg + 1])
          local life, start = tonumber(ARGV[arg + 2]), '(' .. moment(now - window)
          redis.call('ZREMRANGEBYSCORE', key, '-inf', moment(now - life / 1000))
          local count = redis.call('ZCOUNT', key, start, '+inf')
          if limit >= 0 and count >= limit then
            if limit == 0 then return {0, count, -1} end
            -- Room is when all but one less than the limit have left.
            local last = redis.call('ZRANGEBYSCORE', key, start, '+inf', 'WITHSCORES', 'LIMIT',
              count - limit, 1)[2]
            return {0, count, math.max(0, math.ceil((last + window - now) * 1000))}
          end
          local name, number = moment(now), 0
          local member = name
          while redis.call('ZADD', key, 'NX', name, member) == 0 do
            number = number + 1
            member = name .. '-' .. number
          end
          if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
          return {1, count + 1, -1}
        end
        function perform.members(key)
          return redis.call('ZRANGEBYSCORE', key, '(' .. moment(now), '+inf')
        end
        function perform.join(key, arg)
          local life = tonumber(ARGV[arg + 1])
          redis.call('ZREMRANGEBYSCORE', key, '-inf', moment(now))
          redis.call('ZADD', key, 'GT', moment(now + life / 1000), ARGV[arg])
          if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
          return 0
        end
        function perform.drop(key, arg)
          redis.call('ZREMRANGEBYSCORE', key, '-inf', moment(now))
          for i = arg + 1, arg + ARGV[arg] do redis.call('ZREM', key, ARGV[i]) end
          return 0
        end
        function perform.exists(key) return redis.call('EXISTS', key) end
        function perform.lifetime(key) return redis.call('PTTL', key) end
        function perform.expire(key, arg) return redis.call('PEXPIRE', key, ARGV[arg]) end
        function perform.remove(key) return redis.call('UNLINK', key) end
        """
}
