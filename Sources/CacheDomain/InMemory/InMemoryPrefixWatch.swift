import Synchronization

/// A watch over an in-memory server: the twin of the one over Redis.
public final class InMemoryPrefixWatch: PrefixWatch {
    private let server: InMemoryServer
    private let prefixes: WatchedPrefixes
    private let current = Mutex<Int?>(nil)

    /// A watch that nothing is told before `follow`.
    public init(_ server: InMemoryServer, _ prefixes: WatchedPrefixes) {
        self.server = server
        self.prefixes = prefixes
    }

    /// Comes back while it is followed; there is one connection for ever.
    public func sendCanary(_ canary: String) async throws(StoreError) -> UInt64 {
        if let watch = current.withLock(\.self) { server.sendCanary(canary, to: watch) }
        return 0
    }

    /// Reports every change until the task is cancelled.
    public func follow(_ receive: @escaping @Sendable (PrefixWatchSignal) -> Void) async {
        let watch = server.nextWatch()
        current.withLock { $0 = watch }
        server.watch(prefixes, as: watch, receive)
        let ending = AsyncStream<Never> { _ in }
        for await _ in ending {}
        current.withLock { $0 = nil }
        server.unwatch(watch)
    }
}
