public import CacheDomain

/// A server under test: clients of it, and what foreign programs may do to it.
///
/// Each check wants a coherence log of its own, since it counts the messages; the values may share
/// a server with others, because every key, tag and namespace begins with `prefix`.
public struct StoreServer: Sendable {
    /// One process' view of the server.
    public struct Client: Sendable {
        /// The values.
        public let store: any RemoteStore
        /// The log that announces their changes.
        public let log: any CoherenceLog

        /// A client from its two halves, which may be the same object.
        public init(store: any RemoteStore, log: any CoherenceLog) {
            self.store = store
            self.log = log
        }
    }

    /// What every name of a check begins with.
    public let prefix: String
    /// Makes a client that signs its messages with the name of a node.
    public let client: @Sendable (_ node: String) async throws -> Client
    /// Adds a member to a tag as a foreign writer does, without a message.
    public let addMember: @Sendable (_ key: String, _ tag: String) async throws -> Void
    /// The members of a tag, in any order.
    public let members: @Sendable (_ tag: String) async throws -> [String]
    /// Makes it look as if an older write were under way, where stores care.
    public let unsettle: @Sendable () async throws -> Void

    /// A server from its parts.
    public init(
        prefix: String,
        client: @escaping @Sendable (_ node: String) async throws -> Client,
        addMember: @escaping @Sendable (_ key: String, _ tag: String) async throws -> Void,
        members: @escaping @Sendable (_ tag: String) async throws -> [String],
        unsettle: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.prefix = prefix
        self.client = client
        self.addMember = addMember
        self.members = members
        self.unsettle = unsettle
    }

    func key(_ name: String) -> String { "\(prefix):\(name)" }

    func tag(_ name: String) -> String { "\(prefix)/\(name)" }
}
