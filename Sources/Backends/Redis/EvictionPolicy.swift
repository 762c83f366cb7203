public import RedisClient

/// What a Redis does when its memory is full.
public struct EvictionPolicy: Sendable, Equatable {
    /// The value of `maxmemory-policy`.
    public let name: String

    /// Whether it may take keys without an expiry: job streams, journal, counter.
    public var endangersJobs: Bool { name.hasPrefix("allkeys-") }

    /// Asks the server; nil where CONFIG is not allowed, as with many hosted ones.
    public static func read(
        over connection: RedisConnection
    ) async throws(RedisError) -> EvictionPolicy? {
        do throws(RedisError) {
            let reply = try await connection.execute(
                RedisCommand("CONFIG", "GET", "maxmemory-policy")
            )
            return reply[1]?.string.map(EvictionPolicy.init)
        } catch {
            guard case .server = error.code, !error.isRetriable else { throw error }
            return nil
        }
    }
}
