import RedisClient

/// The scripts of the job streams.
enum StreamScripts {
    /// Removes from the front of each stream what every group has finished.
    ///
    /// By MINID: XDEL would turn the group's lag into nil and blind autoscalers.
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

    /// Stores a dead letter and acknowledges its job, unless somebody else has acknowledged it.
    static let bury = RedisScript(
        """
        local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1)[1]
        if not pending then return 0 end
        redis.call('XADD', KEYS[2], '*', 'event', ARGV[3], 'reason', ARGV[4], 'error', ARGV[5],
          'origin', ARGV[6], 'attempts', pending[4], 'failedAt', ARGV[7])
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """
    )
}
