import RedisClient

/// The scripts of the job streams.
///
/// What moves a job stores it first and takes it away then, for an error ends a script where it is.
/// A full server refuses a script only at its first write, and only if that may need memory; so
/// these begin with a PERSIST, which changes nothing, and get through.
enum StreamScripts {
    /// Makes the streams and their group where there are none.
    ///
    /// From the first entry on: jobs may have been added before there was a worker.
    static let createGroups = RedisScript(
        """
        for _, key in ipairs(KEYS) do
          redis.call('PERSIST', key)
          local reply = redis.pcall('XGROUP', 'CREATE', key, ARGV[1], '0', 'MKSTREAM')
          if reply.err and not string.find(reply.err, '^BUSYGROUP') then return reply end
        end
        return 1
        """
    )

    /// Removes from the front of each stream what every group has finished.
    ///
    /// By MINID: XDEL would turn the group's lag into nil and blind autoscalers. A Redis that was
    /// restarted with an append-only file has forgotten how many entries a group had read since
    /// the file was rewritten, and tells a lag that is none: it is set right once all are read.
    static let trim = RedisScript(
        """
        local function parts(id)
          local ms, seq = string.match(id, '^(%d+)-(%d+)$')
          return tonumber(ms), tonumber(seq)
        end
        local function less(a, b)
          local aMs, aSeq = parts(a)
          local bMs, bSeq = parts(b)
          if aMs ~= bMs then return aMs < bMs end
          return aSeq < bSeq
        end
        local trimmed = 0
        for _, key in ipairs(KEYS) do
          if redis.call('EXISTS', key) == 1 then
            local least = nil
            for _, fields in ipairs(redis.call('XINFO', 'GROUPS', key)) do
              local group = {}
              for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
              if group['lag'] ~= nil and group['lag'] ~= 0 then
                local stream, fields = {}, redis.call('XINFO', 'STREAM', key)
                for i = 1, #fields, 2 do stream[fields[i]] = fields[i + 1] end
                if stream['last-generated-id'] == group['last-delivered-id'] then
                  redis.call('XGROUP', 'SETID', key, group['name'], group['last-delivered-id'],
                    'ENTRIESREAD', stream['entries-added'])
                end
              end
              local first
              if group['pending'] > 0 then
                first = redis.call('XPENDING', key, group['name'])[2]
              else
                local ms, seq = string.match(group['last-delivered-id'], '^(%d+)-(%d+)$')
                first = ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
              end
              if not least or less(first, least) then least = first end
            end
            if least then trimmed = trimmed + redis.call('XTRIM', key, 'MINID', least) end
          end
        end
        return trimmed
        """
    )

    /// Whether there is an entry that the group has not been given: 1 or 0.
    static let hasWaiting = RedisScript(
        """
        for _, key in ipairs(KEYS) do
          if redis.call('EXISTS', key) == 1 then
            local first = '-'
            for _, fields in ipairs(redis.call('XINFO', 'GROUPS', key)) do
              local group = {}
              for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
              if group['name'] == ARGV[1] then first = '(' .. group['last-delivered-id'] end
            end
            if #redis.call('XRANGE', key, first, '+', 'COUNT', 1) > 0 then return 1 end
          end
        end
        return 0
        """
    )

    /// Claims jobs of consumers whose lease has run out, at most so many, and removes from the
    /// group those that hold nothing and have not been seen for long.
    ///
    /// A consumer that only stood still may go on later with what it had read: the mark makes
    /// removals leave fences for that.
    ///
    /// Looking and claiming is one step, so two workers never claim the same job. A lease tells
    /// behind a blank which kinds its holder reads, or nothing when it reads all.
    static let claim = RedisScript(
        """
        local group, me, leases, left, forget, mark, markLife =
          ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], ARGV[7]
        local result = {}
        local function isAlive(name, kind)
          local lease = redis.call('GET', leases .. name)
          local kinds = lease and string.match(lease, ' (.*)$')
          return lease and (not kinds or string.find(kinds, kind .. ',', 1, true))
        end
        for i, key in ipairs(KEYS) do
          result[i] = {}
          local kind = string.match(key, '[^:]*$')
          for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', key, group)) do
            local consumer = {}
            for f = 1, #fields, 2 do consumer[fields[f]] = fields[f + 1] end
            local name = consumer['name']
            if name ~= me and not isAlive(name, kind) then
              if consumer['pending'] == 0 then
                if consumer['idle'] > forget then
                  redis.call('XGROUP', 'DELCONSUMER', key, group, name)
                end
              elseif left > 0 then
                local ids = {}
                for _, p in ipairs(redis.call('XPENDING', key, group, '-', '+', left, name)) do
                  ids[#ids + 1] = p[1]
                end
                left = left - #ids
                redis.call('PERSIST', mark)
                redis.call('SET', mark, 1, 'PX', markLife)
                for _, entry in ipairs(redis.call('XCLAIM', key, group, me, 0, unpack(ids))) do
                  table.insert(result[i], entry)
                end
              end
            end
          end
        end
        return result
        """
    )

    /// Stores a job among the delayed ones and acknowledges it, unless somebody else has.
    ///
    /// What waits is told by `stream, attempt, id, event`, a line each, the event last; behind
    /// the attempt stands, after a blank, when the first one failed, and behind the id the one
    /// that says its place, which a job keeps.
    static let postpone = RedisScript(
        #"""
        if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
        local due = tonumber(ARGV[4])
        if ARGV[3] == 'after' then
          local now = redis.call('TIME')
          due = due + now[1] * 1000 + math.floor(now[2] / 1000)
        end
        redis.call('PERSIST', KEYS[2])
        local job = KEYS[1] .. '\n' .. ARGV[5] .. '\n' .. ARGV[7] .. '\n' .. ARGV[6]
        redis.call('ZADD', KEYS[2], due, job)
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """#
    )

    /// Moves what is due back to its stream, at most so many, and tells in how many milliseconds
    /// the next one will be, or -1.
    static let promote = RedisScript(
        #"""
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
        redis.call('PERSIST', KEYS[1])
        for _, job in ipairs(due) do
          local stream, attempt, failure, id, stamp, event =
            string.match(job, '^([^\n]*)\n(%d+) ?([^\n]*)\n([^ \n]*) ?([^\n]*)\n(.*)$')
          if stream then
            if stamp == '' then stamp = id end
            local fields = {'event', event, 'attempt', attempt, 'stamp', stamp}
            if failure ~= '' then
              fields[7], fields[8] = 'firstFailedAt', failure
            end
            redis.call('XADD', stream, '*', unpack(fields))
          else
            redis.call('XADD', KEYS[2], '*', 'event', job, 'reason', 'schema', 'error',
              'what waited among the delayed jobs is none', 'origin', KEYS[1], 'attempts', 0,
              'failedAt', ARGV[2])
          end
          redis.call('ZREM', KEYS[1], job)
        end
        local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        if #first == 0 then return -1 end
        return math.max(0, math.ceil(first[2] - now))
        """#
    )

    /// Stores a dead letter and acknowledges its job, unless somebody else has acknowledged it.
    static let bury = RedisScript(
        """
        local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1)[1]
        if not pending then return 0 end
        redis.call('PERSIST', KEYS[2])
        redis.call('XADD', KEYS[2], '*', 'event', ARGV[3], 'reason', ARGV[4], 'error', ARGV[5],
          'origin', ARGV[6], 'attempts', pending[4] + ARGV[8] - 1, 'failedAt', ARGV[7])
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """
    )

    /// Adds jobs and removes the dead letters they come from, each only if its letter is there.
    ///
    /// KEYS: the dead letters, then the job streams; ARGV, for each letter: its id, which of the
    /// keys takes the job, the event.
    static let requeue = RedisScript(
        """
        local done = {}
        for i = 1, #ARGV, 3 do
          local isThere = #redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i]) > 0
          if isThere then
            redis.call('XADD', KEYS[tonumber(ARGV[i + 1])], '*', 'event', ARGV[i + 2])
            redis.call('XDEL', KEYS[1], ARGV[i])
          end
          done[#done + 1] = isThere and 1 or 0
        end
        return done
        """
    )
}
