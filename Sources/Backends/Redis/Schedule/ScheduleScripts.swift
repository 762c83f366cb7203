import Jobs
import RedisClient

/// The scripts of the schedule: each is one step, on the clock of Redis.
///
/// KEYS[1] is what all names of the schedule begin with; they are in one slot with the job streams.
/// The rules are those of `ScheduleBook`, their twin in memory. Moments are milliseconds since 1970
/// in decimal digits; a place never goes back, whatever the clock does.
enum ScheduleScripts {
    /// What several scripts need.
    static let prelude = """
        local p, time = KEYS[1], redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function digits(number) return string.format('%.0f', number) end
        local function entry(name) return p .. 'entry:' .. name end
        local function change() redis.call('HINCRBY', p .. 'meta', 'version', 1) end
        local function isActive(name)
          local found = redis.call('HMGET', entry(name), 'enabled', 'pausedAt')
          return found[1] == '1' and not found[2]
        end
        local function schedule(name)
          local due = redis.call('HGET', entry(name), 'next')
          if not isActive(name) then
            redis.call('ZREM', p .. 'due', name)
            return
          end
          if redis.call('EXISTS', p .. 'waiting:' .. name) == 1 then
            local first = redis.call('ZRANGE', p .. 'running:' .. name, 0, 0, 'WITHSCORES')[2]
            if first and (due == 'never' or tonumber(first) < tonumber(due)) then due = first end
          end
          if due == 'never' then
            redis.call('ZREM', p .. 'due', name)
          else
            redis.call('ZADD', p .. 'due', due, name)
          end
        end

        """

    /// What enqueues events and keeps the history.
    ///
    /// A target is a job stream, or nothing for the broker. What waits for a run to end is told by
    /// `instant, limit, target, id, cause, event`, a line each.
    static let firing = #"""
        local function note(name, instant, cause, state)
          local runs = p .. 'runs:' .. name
          redis.call('ZREMRANGEBYSCORE', runs, instant, instant)
          redis.call('ZADD', runs, instant,
            instant .. ' ' .. digits(now) .. ' ' .. cause .. ' ' .. state)
          redis.call('ZREMRANGEBYRANK', runs, 0, -\#(ScheduleRun.maxCount + 1))
        end
        local function send(name, run)
          if run.target == '' then
            redis.call('HSET', p .. 'outbox:events', run.id, run.event)
            redis.call('ZADD', p .. 'outbox', 'NX', digits(now), run.id)
            redis.call('ZADD', p .. 'outbox:since', 'NX', digits(now), run.id)
          else
            redis.call('XADD', run.target, '*', 'event', run.event)
          end
          redis.call('HINCRBY', entry(name), 'enqueued', 1)
          if run.cause == 'caught-up' then redis.call('HINCRBY', entry(name), 'caughtUp', 1) end
          note(name, run.instant, run.cause, 'enqueued')
        end
        local function track(name, run)
          redis.call('ZADD', p .. 'running:' .. name, digits(now + run.limit), run.instant)
        end
        local function release(name)
          local running, waiting = p .. 'running:' .. name, p .. 'waiting:' .. name
          redis.call('ZREMRANGEBYSCORE', running, '-inf', digits(now))
          while redis.call('EXISTS', running) == 0 do
            local text = redis.call('LPOP', waiting)
            if not text then return end
            local run = {}
            run.instant, run.limit, run.target, run.id, run.cause, run.event = string.match(text,
              '^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
            track(name, run)
            send(name, run)
          end
        end
        local function fire(name, run, overlap)
          if overlap ~= 'skip' and overlap ~= 'queue' then
            send(name, run)
            return 1
          end
          local waiting = p .. 'waiting:' .. name
          if redis.call('EXISTS', p .. 'running:' .. name, waiting) == 0 then
            track(name, run)
            send(name, run)
            return 1
          end
          if overlap == 'queue'
            and redis.call('LLEN', waiting) < \#(ScheduleClaim.maxWaiting) then
            redis.call('RPUSH', waiting, table.concat({run.instant, run.limit, run.target, run.id,
              run.cause, run.event}, '\n'))
            note(name, run.instant, run.cause, 'waiting')
            return 1
          end
          redis.call('HINCRBY', entry(name), 'skipped', 1)
          note(name, run.instant, run.cause, 'skipped')
          return 0
        end
        local function readRuns(first)
          local runs = {}
          for i = first, #ARGV, 5 do
            runs[#runs + 1] = {instant = ARGV[i], cause = ARGV[i + 1], target = ARGV[i + 2],
              id = ARGV[i + 3], event = ARGV[i + 4]}
          end
          return runs
        end
        local function isFull(runs)
          for _, run in ipairs(runs) do
            if run.target == '' and
              redis.call('ZCARD', p .. 'outbox') >= \#(ScheduleClaim.maxOutgoing) then
              return true
            end
          end
          return false
        end
        local function wrongTarget(runs)
          for _, run in ipairs(runs) do
            local kind = run.target == '' and 'none' or redis.call('TYPE', run.target)['ok']
            if kind ~= 'none' and kind ~= 'stream' then
              return redis.error_reply('WRONGTYPE ' .. run.target .. ' is no stream of jobs')
            end
          end
        end

        """#

    /// Moves an entry on and fires what lies between: how many, or -1 when somebody else has, or
    /// -2 when too much waits for the broker.
    ///
    /// ARGV: name, revision, place, through, next, missed, overlap, limit, then the runs. What may
    /// fail is looked at before anything is written: an error ends a script where it is, and a full
    /// server refuses it at its first write.
    static let claim = RedisScript(
        prelude + firing + """
            local name = ARGV[1]
            local found = redis.call('HMGET', entry(name), 'revision', 'place')
            if found[1] ~= ARGV[2] or found[2] ~= ARGV[3] or not isActive(name)
              or tonumber(ARGV[4]) < tonumber(ARGV[3]) then return -1 end
            local runs = readRuns(9)
            if #runs > 0 and tonumber(ARGV[4]) > now then return -1 end
            if isFull(runs) then return -2 end
            local fault = wrongTarget(runs)
            if fault then return fault end
            redis.call('HSET', entry(name), 'place', ARGV[4], 'next', ARGV[5])
            if ARGV[6] ~= '0' then redis.call('HINCRBY', entry(name), 'missed', ARGV[6]) end
            release(name)
            local fired = 0
            for _, run in ipairs(runs) do
              run.limit = ARGV[8]
              fired = fired + fire(name, run, ARGV[7])
            end
            schedule(name)
            return fired
            """
    )

    /// Fires an entry beside its timetable and gives the line of its history; -1 when there is no
    /// such entry, -2 when too much waits for the broker.
    ///
    /// ARGV: name, overlap, limit, then the run.
    static let fireNow = RedisScript(
        prelude + firing + """
            local name = ARGV[1]
            if redis.call('HEXISTS', entry(name), 'revision') == 0 then return -1 end
            local runs = readRuns(4)
            if isFull(runs) then return -2 end
            local fault = wrongTarget(runs)
            if fault then return fault end
            redis.call('HINCRBY', entry(name), 'skipped', 0)
            release(name)
            runs[1].limit = ARGV[3]
            fire(name, runs[1], ARGV[2])
            schedule(name)
            return redis.call('ZRANGEBYSCORE', p .. 'runs:' .. name, runs[1].instant,
              runs[1].instant)[1]
            """
    )

    /// Notes what became of events, and fires what waits for that.
    ///
    /// ARGV, for each: name, instant, outcome, whether it is final. What was done stays so, and
    /// what has ended is not under way again.
    static let report = RedisScript(
        prelude + firing + """
            for i = 1, #ARGV, 4 do
              local name, instant, outcome, isFinal =
                ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3] == '1'
              if redis.call('HEXISTS', entry(name), 'revision') == 1 then
                local runs = p .. 'runs:' .. name
                local line = redis.call('ZRANGEBYSCORE', runs, instant, instant)[1]
                if line then
                  local head, state, at = string.match(line, '^(%S+ %S+ %S+) (%S+) ?(%S*)$')
                  if at == '' or state == 'retry' or (isFinal and state ~= 'done') then
                    redis.call('ZREM', runs, line)
                    redis.call('ZADD', runs, instant,
                      head .. ' ' .. outcome .. ' ' .. digits(now))
                  end
                end
                if isFinal then
                  redis.call('ZREM', p .. 'running:' .. name, instant)
                  if isActive(name) then release(name) end
                  schedule(name)
                end
              end
            end
            return 0
            """
    )
}
