public import Jobs
public import RedisClient

/// The consumers of the job streams' group.
public struct RedisConsumers: ConsumerUpkeep {
    /// How many consumers one step looks at.
    private static let consumersPerStep = 200
    /// How long a lease may last that was left without an end.
    private static let leaseRest = Duration.seconds(60)

    private let connection: RedisConnection
    private let keys: ControlKeys

    /// The consumers of the streams of these names.
    public init(connection: RedisConnection, keys: ControlKeys) {
        self.connection = connection
        self.keys = keys
    }

    /// Goes through the streams one after the other.
    ///
    /// Who reads a stream removes its idle consumers, too; this sees to the streams that nobody
    /// reads any more. A lease that has no end would keep the jobs of its holder from being
    /// claimed for ever: it gets one, which a living holder replaces.
    public func removeConsumers(idleFor age: Duration) async throws(SourceError) -> Int {
        var removed = 0
        for stream in keys.jobStreams {
            do throws(RedisError) {
                var names = try await consumers(of: stream, idleFor: age)[...]
                while !names.isEmpty {
                    var call = Self.step.call(keys: [stream], ControlKeys.group, keys.leasePrefix)
                    call.append(Int(Self.leaseRest / .milliseconds(1)))
                    call.append(contentsOf: names.prefix(Self.consumersPerStep))
                    removed += try await connection.run(call).integer ?? 0
                    names = names.dropFirst(Self.consumersPerStep)
                }
            } catch {
                throw SourceError(error)
            }
        }
        return removed
    }

    /// Those that were silent for so long; none where there is no stream or no group.
    private func consumers(
        of stream: String,
        idleFor age: Duration
    ) async throws(RedisError) -> [String] {
        var pipeline = Pipeline(RedisCommand("EXISTS", stream))
        pipeline.append("XINFO", "CONSUMERS", stream, ControlKeys.group)
        let replies = try await connection.execute(pipeline)
        guard try replies[0].get().integer == 1 else { return [] }
        if replies[1].error?.code == .server(.noGroup) { return [] }
        let reply = try replies[1].get()
        let milliseconds = Int(age / .milliseconds(1))
        return (reply.elements.map(Array.init) ?? [])
            .compactMap { consumer in
                // name, pending and idle, each behind its word.
                guard let name = consumer[1]?.string, let idle = consumer[5]?.integer else {
                    return nil
                }
                return idle >= milliseconds ? name : nil
            }
    }

    /// Removes those of the named consumers that hold nothing and have no lease, which may have
    /// changed since they were asked for; a consumer that comes back is made anew.
    ///
    /// The PERSIST changes nothing, and lets the script through where the server is full.
    private static let step = RedisScript(
        """
        local removed = 0
        redis.call('PERSIST', KEYS[1])
        for i = 4, #ARGV do
          local lease = ARGV[2] .. ARGV[i]
          local rest = redis.call('PTTL', lease)
          if rest == -1 then
            redis.call('PEXPIRE', lease, ARGV[3])
          elseif rest == -2
            and #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[i]) == 0 then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[i])
            removed = removed + 1
          end
        end
        return removed
        """
    )
}
