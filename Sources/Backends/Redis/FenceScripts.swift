import CacheDomain
import Codecs
import RedisClient

/// The pieces of the scripts that keep the order of changes with stamps.
///
/// A fence is a field of a hash: `k`, a clock and a key, or `t`, a clock and the set of a tag. Its
/// value is the stamp of the last change, and `w` for a write or `r` for a removal. There are two
/// hashes, the recent one and the older one; when the recent one is full it takes the place of the
/// older one, and what that knew is below a floor. Purges of patterns and namespaces are in a hash
/// of their own, which the worker reads, since only it matches globs.
///
/// The marks know the latest stamp of all fences, so what is later than that needs no look at any.
///
/// A removal needs a fence only while an older write may be on its way: while the stream of warms
/// or the set of delayed jobs holds something, or somebody has claimed jobs of a worker that may
/// only have stood still. Whoever needs a fence finds that something is there, since a job is there
/// until it is settled. The queues of a broker cannot be looked into, so producers' stamps always
/// leave fences.
enum FenceScripts {
    /// How many fences one generation holds.
    static let generationLength = 100_000
    /// Fences that nobody has touched for so long go.
    static let life = Duration.seconds(86_400)

    // KEYS: those of the log, stream of warms, delayed jobs, mark of claims, marks of the fences,
    // their recent and their older generation, scopes, loads.
    static let library = "local loads = KEYS[11]\n" + LoadScripts.ending + fencing

    private static let fencing = """
        local marks, recent, older = KEYS[7], KEYS[8], KEYS[9]
        local digits = \(OrderStamp.digitCount)
        local last = redis.call('HMGET', marks, 's', 'p', 'ks', 'kp', 'ts', 'tp')
        local isFenced = last[1] or last[2]
        local newest = {ks = last[3], kp = last[4], ts = last[5], tp = last[6]}
        local fences, raised, isRaised, raisedTo = {}, {}, {}, {}
        local function parts(stamped)
          return string.sub(stamped, 1, digits), string.sub(stamped, digits + 1)
        end
        local function fence(sort, clock, name, stamp)
          local field = sort .. clock .. name
          local top = newest[sort .. string.sub(clock, 1, 1)]
          if fences[field] == nil and top and stamp < top then
            fences[field] = redis.call('HGET', recent, field) or redis.call('HGET', older, field)
          end
          return fences[field]
        end
        local function raise(sort, clock, name, stamp, kind)
          local known = fence(sort, clock, name, stamp)
          if known and string.sub(known, 1, digits) > stamp then return end
          local field, family = sort .. clock .. name, string.sub(clock, 1, 1)
          if not isRaised[field] then raised[#raised + 1] = field end
          fences[field], isRaised[field] = stamp .. kind, true
          for _, mark in ipairs({family, sort .. family}) do
            if not raisedTo[mark] or raisedTo[mark] < stamp then raisedTo[mark] = stamp end
          end
        end
        local function raiseMark(mark, stamp)
          local known = redis.call('HGET', marks, mark)
          if not known or known < stamp then redis.call('HSET', marks, mark, stamp) end
        end
        local function expire()
          for _, key in ipairs({marks, recent, older, KEYS[10]}) do
            redis.call('PEXPIRE', key, \(Int(life / .milliseconds(1))))
          end
        end
        local function keep()
          if #raised == 0 then return end
          if redis.call('HLEN', recent) >= \(generationLength) then
            for _, family in ipairs({'s', 'p'}) do
              local last = redis.call('HMGET', marks, family, family .. ':older')
              if last[2] then raiseMark(family .. ':floor', last[2]) end
              if last[1] then redis.call('HSET', marks, family .. ':older', last[1]) end
            end
            redis.call('RENAME', recent, older)
          end
          local fields = {}
          for i, name in ipairs(raised) do
            fields[#fields + 1] = name
            fields[#fields + 1] = fences[name]
            if #fields == 4000 or i == #raised then
              redis.call('HSET', recent, unpack(fields))
              fields = {}
            end
          end
          for mark, stamp in pairs(raisedTo) do raiseMark(mark, stamp) end
          expire()
        end
        local function isOlderThanWrite(clock, key, stamp)
          local known = fence('k', clock, key, stamp)
          return known and string.sub(known, digits + 1) == 'w'
            and stamp < string.sub(known, 1, digits)
        end
        local function unlink(keys, first, last)
          local count = 0
          for i = first, last, 4000 do
            count = count + redis.call('UNLINK', unpack(keys, i, math.min(i + 3999, last)))
          end
          endLeases(keys, first, last)
          return count
        end

        """

    /// Tells whether a write that is older than what is removed now may be on its way; a key of
    /// another type cannot tell, so it may.
    static let looking = """
        local function isEmpty(command, key)
          return redis.pcall(command, key) == 0
        end
        local function isUnsettled()
          return not (isEmpty('XLEN', KEYS[4]) and isEmpty('ZCARD', KEYS[5])
            and isEmpty('EXISTS', KEYS[6]))
        end

        """

    /// Looks alone: the data is on another server.
    static let look = RedisScript(looking + "return isUnsettled() and 1 or 0")

    /// Leaves the fence of a scope, where one is needed.
    ///
    /// ARGV: `t`, `g` or `n`, the name, the stamp and its clock, what the look has said or nothing.
    static let fenceScope = RedisScript(
        library + looking + """
            local stamp, clock = parts(ARGV[3])
            local family = string.sub(clock, 1, 1)
            if family == 's' and ARGV[4] ~= '1' and (ARGV[4] ~= '' or not isUnsettled()) then
              return 0
            end
            redis.call('PERSIST', marks)
            if ARGV[1] == 't' then
              raise('t', clock, ARGV[2], stamp, 'r')
              keep()
              return 1
            end
            local scopes, field = KEYS[10], ARGV[1] .. clock .. ARGV[2]
            if (redis.call('HGET', scopes, field) or '') >= stamp then return 1 end
            if redis.call('HLEN', scopes) >= \(ScopeFence.maxCount) then
              local all, list = redis.call('HGETALL', scopes), {}
              for i = 1, #all, 2 do list[#list + 1] = {all[i + 1], all[i]} end
              table.sort(list, function(a, b) return a[1] < b[1] end)
              for i = 1, math.floor(#list / 2) do
                raiseMark(string.match(list[i][2], '^[gn]([sp])') .. ':floor', list[i][1])
                redis.call('HDEL', scopes, list[i][2])
              end
            end
            redis.call('HSET', scopes, field, stamp)
            redis.call('HSET', marks, 'v', stamp .. field)
            raiseMark(family, stamp)
            expire()
            return 1
            """
    )

    /// Removes what the last page of an enumeration found, but for what was written later, and
    /// gives the next page.
    ///
    /// The first step ends the leases of what the pattern matches.
    ///
    /// ARGV: the stamp and its clock or nothing, the cursor or nothing, the pattern, the length.
    static let purgeStep = RedisScript(
        library + LoadScripts.matching + """
            local found, first = KEYS, \(CoherenceScripts.controlKeyCount + 1)
            if ARGV[2] == '0' then endLeasesThatMatch(ARGV[3]) end
            if ARGV[1] ~= '' and isFenced then
              local stamp, clock = parts(ARGV[1])
              found, first = {}, 1
              for i = \(CoherenceScripts.controlKeyCount + 1), #KEYS do
                if not isOlderThanWrite(clock, KEYS[i], stamp) then
                  found[#found + 1] = KEYS[i]
                end
              end
            end
            local removed = unlink(found, first, #found)
            if ARGV[2] == '' then return {removed, '0', {}} end
            local page = redis.call('SCAN', ARGV[2], 'MATCH', ARGV[3], 'COUNT', ARGV[4])
            return {removed, page[1], page[2]}
            """
    )

    /// Removes all fences when nothing is left that could need one; those of producers stay.
    ///
    /// KEYS: delayed jobs, mark of claims, marks, generations and scopes, then the job streams.
    static let forget = RedisScript(
        """
        if redis.call('EXISTS', KEYS[3]) == 0 or redis.call('HEXISTS', KEYS[3], 'p') == 1
          or redis.call('ZCARD', KEYS[1]) > 0 or redis.call('EXISTS', KEYS[2]) == 1 then
          return 0
        end
        for i = 7, #KEYS do
          if redis.call('XLEN', KEYS[i]) > 0 then return 0 end
        end
        return redis.call('UNLINK', KEYS[3], KEYS[4], KEYS[5], KEYS[6])
        """
    )
}

/// A stamp and its clock as the scripts read them; nothing where there is none.
struct StampArgument: RedisArgument {
    let stamp: OrderStamp?

    func write(to bytes: inout [UInt8]) {
        guard let stamp else { return }
        stamp.appendPosition(to: &bytes)
        switch stamp.clock {
        case .server: bytes.append(UInt8(ascii: "s"))
        case .producer(let high, let low):
            bytes.append(UInt8(ascii: "p"))
            Self.append(high, to: &bytes)
            Self.append(low, to: &bytes)
        }
    }

    /// How many digits the number of a producer's clock has.
    static let producerDigits = 32

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        let digits = String(value, radix: 16)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 16 - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
    }
}
