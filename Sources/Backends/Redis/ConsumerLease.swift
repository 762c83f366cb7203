import Jobs
import RedisClient
import Synchronization

/// The sign of life of one consumer: a key that runs out unless it is renewed.
///
/// It is renewed beside the handlers, so a consumer that works on one job for an hour is alive, and
/// one that was killed is known to be dead when its lease has run out. The value is random: two
/// processes that were given the same name are told apart, and the second one does not start.
/// Behind it stand the kinds of job that the consumer reads: what an earlier process of that name
/// has left in other streams is nobody's.
final class ConsumerLease: Sendable {
    private let connection: RedisConnection
    private let key: String
    private let duration: Duration
    private let token: String
    private let isHeld = Mutex(false)

    init(connection: RedisConnection, key: String, kinds: [JobKind], duration: Duration) {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        token = "\(random) \(kinds.map { "\($0.rawValue)," }.joined())"
        self.connection = connection
        self.key = key
        self.duration = duration
    }

    /// Takes the lease unless it is held already.
    /// - Returns: False while another process holds it.
    func take() async throws(RedisError) -> Bool {
        if isHeld.withLock({ $0 }) { return true }
        return try await renew()
    }

    /// Extends the lease to its full length.
    /// - Returns: False while another process holds it.
    @discardableResult
    func renew() async throws(RedisError) -> Bool {
        let call = Self.renewal.call(keys: [key], token, Int(duration / .milliseconds(1)))
        let isOurs = try await connection.run(call).integer == 1
        isHeld.withLock { $0 = isOurs }
        return isOurs
    }

    /// Gives the lease up: what this consumer still holds may be claimed at once.
    func release() async throws(RedisError) {
        isHeld.withLock { $0 = false }
        _ = try await connection.run(Self.release.call(keys: [key], token))
    }

    /// Begins with a write that needs no memory, so that a full server lets the rest through: a
    /// consumer must not count as dead because nothing new can be stored.
    private static let renewal = RedisScript(
        """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('PERSIST', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """
    )

    private static let release = RedisScript(
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        """
    )
}
