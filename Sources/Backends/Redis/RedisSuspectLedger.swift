public import Jobs
public import RedisClient

/// The ledger of the suspects on the server of the jobs: one hash for all workers, with the charges
/// of those that are being done now.
///
/// It is bounded in size, and goes an hour after the last charge: what stands in it then nobody has
/// begun again.
public struct RedisSuspectLedger: SuspectLedger {
    /// One suspect more displaces another.
    private static let maxCount = 10_000
    /// Longer than any pause that a supervisor makes between two starts.
    private static let lifetime = Duration.seconds(3_600)

    private let connection: RedisConnection
    private let keys: ControlKeys

    /// The ledger on the server of that connection.
    public init(connection: RedisConnection, keys: ControlKeys) {
        self.connection = connection
        self.keys = keys
    }

    /// Charges a suspect and takes back those of another in one step.
    public func charge(
        _ suspect: String,
        limit: Int,
        takingBack finished: String?
    ) async throws(SourceError) -> Int {
        do throws(RedisError) {
            var call = Self.charge.call(
                keys: [keys.suspects],
                suspect,
                limit,
                Self.maxCount,
                Self.lifetime.milliseconds
            )
            if let finished { call.append(finished) }
            return Int(try await connection.run(call).integer ?? 0)
        } catch {
            throw SourceError(error)
        }
    }

    /// Takes back all charges of suspects.
    public func takeBack(_ suspects: [String]) async throws(SourceError) {
        guard !suspects.isEmpty else { return }
        var command = RedisCommand("HDEL", keys.suspects)
        command.append(contentsOf: suspects)
        do throws(RedisError) {
            _ = try await connection.execute(command)
        } catch {
            throw SourceError(error)
        }
    }

    /// Begins with a PERSIST, which changes nothing here: a full server refuses a script only at
    /// its first write, and only if that may need memory.
    private static let charge = RedisScript(
        """
        local key, suspect = KEYS[1], ARGV[1]
        redis.call('PERSIST', key)
        for i = 5, #ARGV do redis.call('HDEL', key, ARGV[i]) end
        local charges = tonumber(redis.call('HGET', key, suspect) or '0')
        if charges < tonumber(ARGV[2]) then
          if charges == 0 and redis.call('HLEN', key) >= tonumber(ARGV[3]) then
            redis.call('HDEL', key, redis.call('HRANDFIELD', key))
          end
          redis.call('HINCRBY', key, suspect, 1)
        end
        redis.call('PEXPIRE', key, ARGV[4])
        return charges
        """
    )
}
