/// How one connection of a proxy passes on what comes.
public struct ProxyRule: Sendable {
    /// A way through the proxy.
    public enum Direction: Sendable, CaseIterable {
        case toServer
        case toClient
    }

    /// The ways on which nothing passes; what comes is kept and passes on later.
    public var stalled: Set<Direction>
    /// So many bytes pass on at a time; 1 gives single bytes.
    public var sliceBytes: Int
    /// The connection is reset when so many bytes have gone to the client.
    public var resetAfterBytes: Int?
    /// The connection ends in good order when so many bytes have gone to the client.
    public var endAfterBytes: Int?
    /// One bit of so many bytes is turned, on both ways.
    public var flipsOneBitIn: Int?
    /// Whether the deliveries of a broker are swallowed on their way to the client; to be set
    /// before the connection is made, since it has to know where frames begin.
    public var swallowsDeliveries: Bool
    /// How long every piece is under way.
    public var latency: Duration

    /// A rule under which everything passes as it is.
    public init(
        stalled: Set<Direction> = [],
        sliceBytes: Int = .max,
        resetAfterBytes: Int? = nil,
        endAfterBytes: Int? = nil,
        flipsOneBitIn: Int? = nil,
        swallowsDeliveries: Bool = false,
        latency: Duration = .zero
    ) {
        self.stalled = stalled
        self.sliceBytes = sliceBytes
        self.resetAfterBytes = resetAfterBytes
        self.endAfterBytes = endAfterBytes
        self.flipsOneBitIn = flipsOneBitIn
        self.swallowsDeliveries = swallowsDeliveries
        self.latency = latency
    }

    /// Everything passes.
    public static let open = ProxyRule()
    /// Nothing passes, either way.
    public static let stalled = ProxyRule(stalled: [.toServer, .toClient])
}
