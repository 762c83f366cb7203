import Codecs
import Synchronization

/// What programs do that write to the server directly, and who is told of it.
extension InMemoryServer {
    /// Who is told of changes under some prefixes.
    struct Watching: Sendable {
        let prefixes: WatchedPrefixes
        let receive: @Sendable (PrefixWatchSignal) -> Void
    }

    /// Writes a value as a foreign program does, without a message.
    public func writeForeign(_ key: String, _ bytes: [UInt8], until expiry: ContinuousClock.Instant)
    {
        state.withLock { state in
            state.values[ExactString(key)] = (bytes, expiry)
            state.tellWatches(of: key)
        }
    }

    /// Removes every value as a foreign program does, without a message.
    public func emptyForeign() {
        state.withLock { state in
            state.values.removeAll()
            state.leases = LeaseBook()
            for watch in state.watches.values { watch.receive(.flushed) }
        }
    }

    /// Ends all watches, as a server does that ends connections; they begin again by themselves.
    public func interruptWatches() {
        state.withLock { state in
            for watch in state.watches.values {
                watch.receive(.lost("interrupted"))
                watch.receive(.began)
            }
        }
    }

    /// A number for `watch`.
    func nextWatch() -> Int {
        state.withLock { state in
            state.lastSubscription += 1
            return state.lastSubscription
        }
    }

    func watch(
        _ prefixes: WatchedPrefixes,
        as watch: Int,
        _ receive: @escaping @Sendable (PrefixWatchSignal) -> Void
    ) {
        state.withLock { state in
            state.watches[watch] = Watching(prefixes: prefixes, receive: receive)
            receive(.began)
        }
    }

    func unwatch(_ watch: Int) { state.withLock { $0.watches[watch] = nil } }

    /// Reports the canary to the watch, behind all changes that were made before.
    func sendCanary(_ canary: String, to watch: Int) {
        state.withLock { $0.watches[watch]?.receive(.canary(canary)) }
    }
}

extension InMemoryServer.State {
    func tellWatches(of key: String) {
        for watch in watches.values where watch.prefixes.cover(key) {
            watch.receive(.changed([key]))
        }
    }
}
