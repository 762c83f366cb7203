import CacheDomain
import RedisClient

/// The scripts by which processes agree on who loads a value from its source, and the pieces with
/// which every change ends such a lease in the same step.
///
/// All leases are in one hash. A field `k` and a key holds the end of the lease by the server's
/// clock in milliseconds, how many tags had been purged when it was granted, and the token of its
/// holder. Which tags a value will have is known only when it is written; so a purge raises the
/// count in the field `n` and leaves it in a field `t` and the set of the tag. It is one hash so
/// that whatever takes it, eviction or a flush, takes all: then nothing is held or filled.
/// It lives as long as the longest lease in it; without it a change looks once and does nothing.
///
/// Leases of dead processes and marks of tags are swept out when there are many (`c` says when);
/// `f` is the count below which the marks are not known any more, so they count as purges of all.
enum LoadScripts {
    /// With so many fields it is looked for the first time for those that have ended.
    static let firstSweepCount = 1000

    // Ends the leases of keys that change; wants `loads`.
    static let ending = """
        local isLoading = redis.call('EXISTS', loads) == 1
        local function endLeases(keys, first, last)
          if not isLoading then return end
          for i = first, last, 4000 do
            local fields = {}
            for j = i, math.min(i + 3999, last) do fields[#fields + 1] = 'k' .. keys[j] end
            redis.call('HDEL', loads, unpack(fields))
          end
        end

        """

    /// Ends the leases of the keys that a glob matches; there are as many as there are loads.
    static let matching = """
        local function endLeasesThatMatch(glob)
          local cursor = isLoading and '0'
          while cursor do
            local page = redis.call('HSCAN', loads, cursor, 'MATCH', 'k' .. glob, 'COUNT', 1000)
            for i = 1, #page[2], 2 do redis.call('HDEL', loads, page[2][i]) end
            cursor = page[1] ~= '0' and page[1]
          end
        end

        """

    /// Tells who has a lease, and whether a write may be made under it.
    static let checking = """
        local function clock()
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local function lease(key)
          local held = redis.call('HGET', loads, 'k' .. key)
          local last, count, token = string.match(held or '', '^(%d+) (%d+) (.*)$')
          if last and tonumber(last) > clock() then
            return token, tonumber(count), tonumber(last)
          end
        end
        local function holds(key, token, firstTag, lastTag)
          local owner, count = lease(key)
          if owner ~= token then return false end
          local forgotten = tonumber(redis.call('HGET', loads, 'f') or 0)
          for t = firstTag, lastTag do
            local purged = tonumber(redis.call('HGET', loads, 't' .. ARGV[t]) or 0)
            if count < math.max(purged, forgotten) then return false end
          end
          return true
        end

        """

    // Forgets what has ended, when there is much.
    private static let sweeping = """
        local function sweep()
          local limit = tonumber(redis.call('HGET', loads, 'c') or \(firstSweepCount))
          if redis.call('HLEN', loads) < limit then return end
          local all, now = redis.call('HGETALL', loads), clock()
          for i = 1, #all, 2 do
            local sort = string.sub(all[i], 1, 1)
            local last = sort == 'k' and tonumber(string.match(all[i + 1], '^%d+'))
            if sort == 't' or (last and last <= now) then redis.call('HDEL', loads, all[i]) end
            if sort == 't' then redis.call('HSET', loads, 'f', redis.call('HGET', loads, 'n')) end
          end
          local left = redis.call('HLEN', loads)
          redis.call('HSET', loads, 'c', math.max(\(firstSweepCount), 2 * left))
        end

        """

    // Writes the lease down; the hash lives at least as long.
    private static let granting = """
        local function grant(count)
          local last = string.format('%.0f', clock() + ARGV[2])
          redis.call('HSET', loads, 'k' .. KEYS[2], last .. ' ' .. count .. ' ' .. ARGV[1])
          if redis.call('PTTL', loads) < tonumber(ARGV[2]) then
            redis.call('PEXPIRE', loads, ARGV[2])
          end
        end

        """

    private static let loads = "local loads = KEYS[1]\n"

    /// Nobody has it, so the caller has.
    static let granted = 1
    /// The store has a value.
    static let present = 2

    /// Grants a lease.
    ///
    /// KEYS: loads, the key. ARGV: token, milliseconds, how long a value has to live at least to be
    /// good enough, in milliseconds. Answers what became of it, and how long another one has it.
    static let claim = RedisScript(
        loads + checking + sweeping + granting + """
            local life = redis.call('PTTL', KEYS[2])
            if life == -1 or life > tonumber(ARGV[3]) then return {\(present), 0} end
            local owner, _, last = lease(KEYS[2])
            if owner and owner ~= ARGV[1] then return {0, last - clock()} end
            sweep()
            grant(redis.call('HGET', loads, 'n') or '0')
            return {\(granted), 0}
            """
    )

    /// Begins the time of a lease anew.
    ///
    /// KEYS: loads, the key. ARGV: token, milliseconds.
    static let renew = RedisScript(
        loads + checking + granting + """
            local owner, count = lease(KEYS[2])
            if owner ~= ARGV[1] then return 0 end
            grant(string.format('%.0f', count))
            return 1
            """
    )

    /// Gives a lease back.
    ///
    /// KEYS: loads, the key. ARGV: token.
    static let release = RedisScript(
        loads + checking + """
            if lease(KEYS[2]) ~= ARGV[1] then return 0 end
            return redis.call('HDEL', loads, 'k' .. KEYS[2])
            """
    )

    /// Refuses what is being loaded with a tag, and gives the first page of its members.
    ///
    /// A full server may refuse the mark; then all leases end.
    ///
    /// KEYS: loads, set of the tag. ARGV: the length of a page.
    static let purgeTag = RedisScript(
        loads + checking + sweeping + """
            if redis.call('EXISTS', loads) == 1 then
              local count = redis.pcall('HINCRBY', loads, 'n', 1)
              local mark = 't' .. KEYS[2]
              if type(count) ~= 'number'
                or type(redis.pcall('HSET', loads, mark, count)) ~= 'number' then
                redis.call('DEL', loads)
              else
                sweep()
              end
            end
            return redis.call('SSCAN', KEYS[2], '0', 'COUNT', ARGV[1])
            """
    )
}
