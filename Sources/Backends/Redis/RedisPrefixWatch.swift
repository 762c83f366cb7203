public import CacheDomain
public import RedisClient

/// Foreign changes as Redis tells them: CLIENT TRACKING in its broadcasting mode.
///
/// What it does not tell: SWAPDB, which changes every key of two databases at once. A change in
/// another database is told, too, and costs a needless read.
public struct RedisPrefixWatch: PrefixWatch {
    private let connection: RedisConnection
    private let prefixes: WatchedPrefixes
    /// What the names of this watch's canaries begin with.
    private let place: String
    private let subscription: @Sendable (RedisSubscriptionOptions) -> RedisSubscription

    /// A watch over the server that `connection` reads values from; each `follow` makes
    /// a `subscription` of its own there.
    public init(
        _ prefixes: WatchedPrefixes,
        connection: RedisConnection,
        keys: ControlKeys,
        subscription: @escaping @Sendable (RedisSubscriptionOptions) -> RedisSubscription
    ) {
        self.prefixes = prefixes
        self.connection = connection
        self.subscription = subscription
        place = keys.canaries(of: String(UInt64.random(in: .min ... .max), radix: 36))
    }

    /// Writes a key that is gone again before anybody sees it.
    public func sendCanary(_ canary: String) async throws(StoreError) -> UInt64 {
        do throws(RedisError) {
            _ = try await connection.run(Self.canaryScript.call(keys: [place + canary]))
        } catch {
            throw StoreError(error)
        }
        // A number that is too new only says earlier that the server may be another one.
        return await connection.generation
    }

    /// Reports the life of the subscription and every change until the task is cancelled.
    public func follow(_ receive: @escaping @Sendable (PrefixWatchSignal) -> Void) async {
        let options = RedisSubscriptionOptions(trackedPrefixes: prefixes.prefixes + [place])
        let subscription = subscription(options)
        for await event in subscription {
            switch event {
            case .connected: receive(.began)
            case .changed(nil): receive(.flushed)
            case .changed(let keys?): report(keys, receive)
            // Published by somebody: it says nothing about keys.
            case .message: break
            case .disconnected(let error): receive(.lost(error.message))
            }
        }
        await subscription.close()
    }

    private func report(
        _ keys: [ArraySlice<UInt8>],
        _ receive: @Sendable (PrefixWatchSignal) -> Void
    ) {
        var changed: [String] = []
        var canaries: [String] = []
        for key in keys {
            if key.starts(with: place.utf8) {
                canaries.append(String(decoding: key.dropFirst(place.utf8.count), as: UTF8.self))
            } else {
                changed.append(String(decoding: key, as: UTF8.self))
            }
        }
        if !changed.isEmpty { receive(.changed(changed)) }
        for canary in canaries { receive(.canary(canary)) }
    }

    /// Begins with a PERSIST, which changes nothing: a full server refuses a script only at its
    /// first write, and only if that may need memory.
    private static let canaryScript = RedisScript(
        """
        redis.call('PERSIST', KEYS[1])
        redis.call('SET', KEYS[1], '', 'PX', 1000)
        redis.call('UNLINK', KEYS[1])
        """
    )
}
