public import Jobs
public import RedisClient

/// The registry of events on the server of the jobs: a key for each, which goes by itself.
///
/// Its value is `done`, or `for ` and who does it.
public struct RedisEventRegistry: EventRegistry {
    /// Longer names are told by their digest.
    private static let maxNameBytes = 256

    private let connection: RedisConnection
    private let keys: ControlKeys

    /// The registry on the server of that connection.
    public init(connection: RedisConnection, keys: ControlKeys) {
        self.connection = connection
        self.keys = keys
    }

    /// Claims events in one round trip.
    public func claim(_ claims: [EventClaim]) async throws(SourceError) -> [EventClaim.Answer] {
        guard !claims.isEmpty else { return [] }
        var call = call(Self.claim, claims.map(\.event))
        for claim in claims {
            call.append(claim.owner)
            call.append(claim.mayResume ? 1 : 0)
            call.append(max(1, claim.lifetime.milliseconds))
        }
        let answers: [EventClaim.Answer]
        do throws(RedisError) {
            let reply = try await connection.run(call)
            let numbers = (reply.elements ?? nil)?.compactMap(\.integer) ?? []
            answers = numbers.map { $0 == 0 ? .granted : $0 == 1 ? .duplicate : .taken }
        } catch {
            throw SourceError(error)
        }
        guard answers.count == claims.count else {
            throw SourceError("Redis did not answer each claim of an event")
        }
        return answers
    }

    /// Says what became of events in one round trip.
    public func settle(_ settlements: [EventSettlement]) async throws(SourceError) {
        guard !settlements.isEmpty else { return }
        var call = call(Self.settle, settlements.map(\.event))
        for settlement in settlements {
            call.append(settlement.owner)
            call.append(settlement.doneFor?.milliseconds ?? 0)
        }
        do throws(RedisError) {
            _ = try await connection.run(call)
        } catch {
            throw SourceError(error)
        }
    }

    private func call(_ script: RedisScript, _ events: [String]) -> RedisScriptCall {
        var call = script.call(keyCount: events.count + 1)
        call.append(keys.eventPrefix)
        for event in events {
            let isLong = event.utf8.count > Self.maxNameBytes
            let name = isLong ? SHA1.hexadecimalDigest(of: event.utf8) : event
            call.append(keys.eventPrefix + name)
        }
        return call
    }

    /// Begins with a PERSIST of a key that is never there: a full server refuses a script only at
    /// its first write, and only if that may need memory.
    private static let claim = RedisScript(
        """
        redis.call('PERSIST', KEYS[1])
        local answers = {}
        for i = 2, #KEYS do
          local owner, resume, life = 'for ' .. ARGV[i * 3 - 5], ARGV[i * 3 - 4], ARGV[i * 3 - 3]
          local value = redis.call('GET', KEYS[i])
          if not value or (value == owner and resume == '1') then
            redis.call('SET', KEYS[i], owner, 'PX', life)
            answers[i - 1] = 0
          elseif value == 'done' then
            answers[i - 1] = 1
          else
            answers[i - 1] = 2
          end
        end
        return answers
        """
    )

    private static let settle = RedisScript(
        """
        redis.call('PERSIST', KEYS[1])
        for i = 2, #KEYS do
          local owner, window = 'for ' .. ARGV[i * 2 - 3], tonumber(ARGV[i * 2 - 2])
          local value = redis.call('GET', KEYS[i])
          if not value or value == owner then
            if window > 0 then
              redis.call('SET', KEYS[i], 'done', 'PX', window)
            else
              redis.call('DEL', KEYS[i])
            end
          end
        end
        return 0
        """
    )
}
