/// Where a request may go, and what it may take.
public struct HTTPAccess: Sendable, Hashable {
    /// The hosts that may be asked; nil: all.
    public var hosts: [HostPattern]?
    /// Addresses that may be connected to, besides those of the internet.
    public var scopes: Set<IPAddress.Scope>
    /// How many redirects are followed, all of them to the same scheme, host and port.
    public var maxRedirects: Int
    /// How long a connection may take.
    public var connectTimeout: Duration
    /// How long all of it may take, the wait for a turn and redirects included.
    public var timeout: Duration
    /// The largest body that is taken.
    public var maxBodyBytes: Int
    /// The certificates of those who are believed, as a PEM file; nil: those of the system.
    public var authorityFile: String?

    /// An access to the internet, unless more or less is said.
    public init(
        hosts: [HostPattern]? = nil,
        scopes: Set<IPAddress.Scope> = [],
        maxRedirects: Int = 3,
        connectTimeout: Duration = .seconds(5),
        timeout: Duration = .seconds(10),
        maxBodyBytes: Int = 1 << 20,
        authorityFile: String? = nil
    ) {
        self.hosts = hosts
        self.scopes = scopes
        self.maxRedirects = maxRedirects
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.maxBodyBytes = maxBodyBytes
        self.authorityFile = authorityFile
    }

    /// The scopes of a network of one's own: not the wire, where clouds tell secrets.
    public static let ownNetwork: Set<IPAddress.Scope> = [.loopback, .privateUse, .carrier]

    /// Whether an address may be connected to.
    func allows(_ address: IPAddress) -> Bool {
        let scope = address.scope
        return scope == .global || scopes.contains(scope)
    }

    /// Whether a host may be asked.
    func allows(host: String) -> Bool { hosts?.contains { $0.matches(host) } ?? true }
}
