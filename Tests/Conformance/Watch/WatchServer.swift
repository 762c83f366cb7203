public import CacheDomain

/// A server that is watched: its watch, and what foreign programs may do to it.
public struct WatchServer: Sendable {
    /// The prefix that is watched.
    public static let prefix = "watched:"

    /// A watch over `prefix`, and over nothing else.
    public let watch: any PrefixWatch
    /// A client that writes as workers do.
    public let store: any RemoteStore
    /// Writes a value as a foreign program does.
    public let write: @Sendable (_ key: String) async throws -> Void
    /// Removes every key as a foreign program does.
    public let empty: @Sendable () async throws -> Void
    /// Ends the watch's connections.
    public let interrupt: @Sendable () async throws -> Void

    /// A server from its parts.
    public init(
        watch: any PrefixWatch,
        store: any RemoteStore,
        write: @escaping @Sendable (_ key: String) async throws -> Void,
        empty: @escaping @Sendable () async throws -> Void,
        interrupt: @escaping @Sendable () async throws -> Void
    ) {
        self.watch = watch
        self.store = store
        self.write = write
        self.empty = empty
        self.interrupt = interrupt
    }
}
