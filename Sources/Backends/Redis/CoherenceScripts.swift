import RedisClient

/// The scripts that change data and append to the coherence log, in one step or each alone.
///
/// They are put together from the same pieces: there is one way to change and one to announce.
enum CoherenceScripts {
    /// Changes the data and announces it: data and log are on the same server.
    static let changeAndAnnounce = RedisScript(
        changing + announcing + "return {removed, written, isWanted, s, epoch}"
    )
    /// Changes the data alone; the log is on another server.
    static let change = RedisScript(changing + "return {removed, written, isWanted}")
    /// Appends a message alone.
    static let announce = RedisScript(announcing + "return {s, epoch}")
    /// Appends a message and tells whether an older write may be on its way.
    static let announceAndLook = RedisScript(
        FenceScripts.looking + announcing + "return {s, epoch, isUnsettled() and 1 or 0}"
    )
    /// Publishes the last position again.
    ///
    /// Without counter or epoch the next message begins a new life of the log, so there is none.
    static let heartbeat = RedisScript(
        timing + """
            local s = redis.call('GET', KEYS[1])
            local epoch = redis.call('GET', KEYS[2])
            if not (s and epoch) then s, epoch = '0', '' end
            local head = '{"s":' .. s .. ',"e":"' .. epoch .. '"' .. at
            redis.call('PUBLISH', ARGV[1], head .. ARGV[2])
            return 1
            """
    )

    /// How many keys an announcement has: sequence, journal, epoch.
    static let logKeyCount = 3
    /// How many keys precede the changed ones: those of the log, those of the fences, the loads.
    static let controlKeyCount = logKeyCount + 7 + 1
    /// Stamps were withheld and are wanted: nothing has been done.
    static let stampsWanted = -1
    /// The scopes are others than the worker knows, and follow: nothing has been done.
    static let scopesChanged = -2
    /// How many arguments precede those of the change: channel, new epoch, journal length, tail.
    static let logArgumentCount = 4

    // KEYS: control keys, removed keys, written keys.
    // ARGV: log arguments; number of removals, tag set to take the removed keys from (or empty),
    // whether the removals have stamps (none, given, withheld), what a look at the jobs has said
    // (empty: look here), version of the known scopes (- where no write has a stamp); for each
    // removal its stamp, where they are given; for each write: value, milliseconds, condition (0
    // for none, 1 for "only if absent", = and the token of a lease), stamp, 1 if a scope supersedes
    // it, number of tags, their sets.
    // A superseded write still gives its key the tags that were not purged since: a later write
    // may have been made in between, and a purge of the tag must find it.
    private static let changing =
        FenceScripts.library + FenceScripts.looking + LoadScripts.checking + """
            local firstKey, arg = \(controlKeyCount + 1), 10
            local removals, tag = tonumber(ARGV[5]), ARGV[6]
            local lastRemoval = firstKey + removals - 1
            local isAwaited, isWanted = false, 0
            if ARGV[7] ~= 'none' then
              isAwaited = ARGV[8] == '1' or (ARGV[8] == '' and isUnsettled())
              isWanted = (isAwaited or isFenced) and 1 or 0
              if ARGV[7] == 'withheld' and isWanted == 1 then return {\(stampsWanted)} end
            end
            if isFenced and ARGV[9] ~= '-' then
              local version = redis.call('HGET', marks, 'v') or ''
              if version ~= ARGV[9] then
                return {\(scopesChanged), version, redis.call('HGETALL', KEYS[10])}
              end
            end
            local removed = 0
            local gone, firstGone, lastGone = KEYS, firstKey, lastRemoval
            if ARGV[7] == 'given' then
              gone, firstGone = {}, 1
              for i = firstKey, lastRemoval do
                local stamp, clock = parts(ARGV[arg])
                if stamp == '' or not isOlderThanWrite(clock, KEYS[i], stamp) then
                  gone[#gone + 1] = KEYS[i]
                  if stamp ~= '' and (isAwaited or string.sub(clock, 1, 1) == 'p') then
                    raise('k', clock, KEYS[i], stamp, 'r')
                  end
                end
                arg = arg + 1
              end
              lastGone = #gone
            end
            if lastGone >= firstGone then
              removed = unlink(gone, firstGone, lastGone)
              if tag ~= '' then redis.call('SREM', tag, unpack(gone, firstGone, lastGone)) end
            end
            local function supersedes(i, stamped, firstTag, lastTag)
              local stamp, clock = parts(stamped)
              local floor = isFenced
                and redis.call('HGET', marks, string.sub(clock, 1, 1) .. ':floor')
              if floor and stamp < floor then return true end
              local purge, lastPurge = stamp, newest['t' .. string.sub(clock, 1, 1)]
              for t = firstTag, lastPurge and stamp < lastPurge and lastTag or 0 do
                local known = fence('t', clock, ARGV[t], stamp)
                if known and purge < string.sub(known, 1, digits) then
                  purge = string.sub(known, 1, digits)
                end
              end
              local known = fence('k', clock, KEYS[i], stamp)
              known = known and string.sub(known, 1, digits)
              if purge ~= stamp and (not known or known < purge) then
                unlink(KEYS, i, i)
                raise('k', clock, KEYS[i], purge, 'r')
                return true
              end
              return purge ~= stamp or (known and stamp < known)
            end
            local written = {}
            for i = lastRemoval + 1, #KEYS do
              local value, ttl, stamped = ARGV[arg], ARGV[arg + 1], ARGV[arg + 3]
              local firstTag, lastTag = arg + 6, arg + 5 + tonumber(ARGV[arg + 5])
              local condition, outcome = ARGV[arg + 2], 0
              if ARGV[arg + 4] == '1'
                or (stamped ~= '' and supersedes(i, stamped, firstTag, lastTag)) then
                outcome = 2
              elseif string.sub(condition, 1, 1) == '='
                and not holds(KEYS[i], string.sub(condition, 2), firstTag, lastTag) then
                outcome = 3
              elseif condition ~= '1' then
                redis.call('SET', KEYS[i], value, 'PX', ttl)
                outcome = 1
              elseif redis.call('SET', KEYS[i], value, 'PX', ttl, 'NX') then
                outcome = 1
              end
              if outcome == 1 then endLeases(KEYS, i, i) end
              local stamp, clock = parts(stamped)
              if outcome == 1 and stamped ~= '' then
                raise('k', clock, KEYS[i], stamp, 'w')
              end
              for t = firstTag, lastTag do
                local known = outcome == 2 and fence('t', clock, ARGV[t], stamp)
                if outcome == 1 or (outcome == 2 and not (known and known > stamp)) then
                  redis.call('SADD', ARGV[t], KEYS[i])
                end
              end
              arg = lastTag + 1
              written[#written + 1] = outcome
            end
            keep()

            """

    static let announcing = timing + appending

    /// The moment of publication, as a message says it.
    private static let timing = """
        local time = redis.call('TIME')
        local at = string.format(',"at":%s%06d', time[1], tonumber(time[2]))

        """

    // The journal entry comes before the counter: if it is refused, no number is lost. A counter
    // that was lost, or fell behind its journal (an older file, a fail-over), begins a new epoch.
    // A full server refuses a script at its first write only, so removals always get through.
    private static let appending = """
        local epoch = redis.call('GET', KEYS[3])
        local s = redis.call('GET', KEYS[1])
        local function append(number)
          local m = '{"s":' .. number .. ',"e":"' .. epoch .. '"' .. at .. ARGV[4]
          local reply = redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], number .. '-0', 'm', m)
          if type(reply) == 'table' and reply.err then return nil, reply.err end
          return m
        end
        local m, err
        if s and epoch then
          s = string.format('%.0f', tonumber(s) + 1)
          m, err = append(s)
        end
        if err and not string.find(err, 'equal or smaller', 1, true) then
          return redis.error_reply(err)
        end
        if not m then
          epoch, s = ARGV[2], '1'
          redis.call('DEL', KEYS[2])
          m, err = append(s)
          if err then return redis.error_reply(err) end
          redis.call('SET', KEYS[3], epoch)
        end
        redis.call('SET', KEYS[1], s)
        redis.call('PUBLISH', ARGV[1], m)

        """
}
