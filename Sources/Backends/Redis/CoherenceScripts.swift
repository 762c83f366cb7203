import RedisClient

/// The scripts that change data and append to the coherence log, in one step or each alone.
///
/// They are put together from the same pieces: there is one way to change and one to announce.
enum CoherenceScripts {
    /// Changes the data and announces it: data and log are on the same server.
    static let changeAndAnnounce = RedisScript(
        changing + announcing + "return {removed, written, s, epoch}"
    )
    /// Changes the data alone; the log is on another server.
    static let change = RedisScript(changing + "return {removed, written}")
    /// Appends a message alone.
    static let announce = RedisScript(announcing + "return {s, epoch}")
    /// Publishes the last position again.
    static let heartbeat = RedisScript(
        """
        local s = redis.call('GET', KEYS[1]) or '0'
        local epoch = redis.call('GET', KEYS[2]) or ''
        redis.call('PUBLISH', ARGV[1], '{"s":' .. s .. ',"e":"' .. epoch .. '"' .. ARGV[2])
        return 1
        """
    )

    /// How many keys precede the changed ones: sequence, journal, epoch.
    static let logKeyCount = 3
    /// How many arguments precede those of the change: channel, new epoch, journal length, tail.
    static let logArgumentCount = 4

    // KEYS: log keys, removed keys, written keys.
    // ARGV: log arguments, number of removals, tag set to take the removed keys from (or empty),
    // then for each write: value, milliseconds, 1 for "only if absent", number of tags, their sets.
    private static let changing = """
        local firstKey, arg = 4, 5
        local removals = tonumber(ARGV[arg])
        local tag = ARGV[arg + 1]
        arg = arg + 2
        local removed = 0
        if removals > 0 then
          local last = firstKey + removals - 1
          removed = redis.call('UNLINK', unpack(KEYS, firstKey, last))
          if tag ~= '' then redis.call('SREM', tag, unpack(KEYS, firstKey, last)) end
        end
        local written = {}
        for i = firstKey + removals, #KEYS do
          local value, ttl = ARGV[arg], ARGV[arg + 1]
          local ok
          if ARGV[arg + 2] == '1' then
            ok = redis.call('SET', KEYS[i], value, 'PX', ttl, 'NX')
          else
            ok = redis.call('SET', KEYS[i], value, 'PX', ttl)
          end
          local tags = tonumber(ARGV[arg + 3])
          arg = arg + 4
          if ok then
            for t = arg, arg + tags - 1 do redis.call('SADD', ARGV[t], KEYS[i]) end
          end
          arg = arg + tags
          written[#written + 1] = ok and 1 or 0
        end

        """

    // The journal entry comes before the counter: if it is refused, no number is lost. A counter
    // that was lost, or fell behind its journal (an older file, a fail-over), begins a new epoch.
    // A full server refuses a script at its first write only, so removals always get through.
    private static let announcing = """
        local epoch = redis.call('GET', KEYS[3])
        local s = redis.call('GET', KEYS[1])
        local function append(number)
          local m = '{"s":' .. number .. ',"e":"' .. epoch .. '"' .. ARGV[4]
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
