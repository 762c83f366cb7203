public import CacheDomain
import RedisClient

extension RedisStore {
    /// The values of the keys with their remaining life, in one round trip.
    ///
    /// Where the log is on the same server its position is read last: what came about later is not
    /// in the values.
    public func values(forKeys keys: [String]) async throws(StoreError) -> StoreReading {
        keys.count == 1 ? try await value(forKey: keys[0]) : try await valuesByScript(keys)
    }

    /// Plain commands: of one key a script would cost the server more.
    private func value(forKey key: String) async throws(StoreError) -> StoreReading {
        var pipeline = Pipeline()
        pipeline.append("GET", key)
        pipeline.append("PTTL", key)
        if isLogOnSameServer { pipeline.append(log.positionCommand) }
        let replies = try await execute(pipeline)
        return StoreReading(
            values: [stored(replies[0].bytes, milliseconds: replies[1].integer)],
            position: isLogOnSameServer ? try log.position(in: replies[2]) : nil
        )
    }

    /// Of many keys, two commands and two replies each cost the client more than all the rest.
    private func valuesByScript(_ keys: [String]) async throws(StoreError) -> StoreReading {
        let position = isLogOnSameServer ? [log.keys.sequence, log.keys.epoch] : []
        var call = Self.readScript.call(keyCount: keys.count + position.count)
        call.append(contentsOf: keys)
        call.append(contentsOf: position)
        call.append(keys.count)
        var cursor = try await run(call).cursor
        guard cursor.enterArray() == 2, cursor.enterArray() == keys.count else {
            throw StoreError(.invalid, "Redis answered the script that reads with no values")
        }
        var lives = cursor
        for _ in keys { lives.skip() }
        guard lives.enterArray() == keys.count + 1 else {
            throw StoreError(.invalid, "Redis answered the script that reads with no lives")
        }
        var values: [StoredValue?] = []
        values.reserveCapacity(keys.count)
        for _ in keys {
            let bytes = cursor.bytes()
            if bytes == nil { cursor.skip() }
            values.append(stored(bytes, milliseconds: lives.integer()))
        }
        guard isLogOnSameServer else { return StoreReading(values: values, position: nil) }
        guard let position = lives.next() else {
            throw StoreError(.invalid, "Redis answered the script that reads with no position")
        }
        return StoreReading(values: values, position: try log.position(in: position))
    }

    private func stored(_ bytes: ArraySlice<UInt8>?, milliseconds: Int?) -> StoredValue? {
        guard let bytes else { return nil }
        let life = milliseconds.flatMap { $0 < 0 ? nil : Duration.milliseconds($0) }
        return StoredValue(bytes: Array(bytes), remaining: life)
    }

    // KEYS: those to read; counter and epoch of the log, where it is here. ARGV: how many to read.
    // What is no string is no value, as for MGET.
    private static let readScript = RedisScript(
        """
        local count, lives = tonumber(ARGV[1]), {}
        for i = 1, count do lives[i] = redis.call('PTTL', KEYS[i]) end
        local values = count > 0 and redis.call('MGET', unpack(KEYS, 1, count)) or {}
        lives[count + 1] = #KEYS > count and redis.call('MGET', KEYS[count + 1], KEYS[count + 2])
        return {values, lives}
        """
    )
}
