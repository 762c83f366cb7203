/// One connection through a proxy.
struct ProxyLink {
    /// So many bytes are read at once.
    private static let chunkBytes = 64 << 10

    let number: Int
    let client: LoopbackSocket
    let server: LoopbackSocket
    /// What holds for this one.
    private(set) var rule: ProxyRule
    private(set) var isOver = false
    private var flows: [ProxyRule.Direction: ProxyFlow] = [.toServer: .init(), .toClient: .init()]

    init(number: Int, client: LoopbackSocket, server: LoopbackSocket, under rule: ProxyRule) {
        self.number = number
        self.rule = rule
        self.client = client
        self.server = server
        client.sendWithoutDelay()
        server.sendWithoutDelay()
    }

    /// Passes on by another rule from now on, which counts from here.
    mutating func obey(_ rule: ProxyRule) {
        self.rule = rule
        for direction in flows.keys { flows[direction]?.countFromHere() }
    }

    /// Closes both ends with a reset.
    mutating func reset() {
        client.resetAtClose()
        server.resetAtClose()
        isOver = true
    }

    /// What to wait for: the socket to read, the socket to write, and the earliest time of both
    /// ways.
    func interest(
        _ direction: ProxyRule.Direction
    ) -> (reads: Bool, writes: Bool, due: ContinuousClock.Instant?) {
        guard let flow = flows[direction] else { return (false, false, nil) }
        let flows = !rule.stalled.contains(direction)
        return (flow.hasRoom && flows, !flow.isEmpty && flows, flows ? flow.nextDue : nil)
    }

    /// The sockets of a way, the one it comes from first.
    func ends(_ direction: ProxyRule.Direction) -> (source: LoopbackSocket, sink: LoopbackSocket) {
        direction == .toServer ? (client, server) : (server, client)
    }

    /// Moves what can be moved on one way.
    mutating func move(
        _ direction: ProxyRule.Direction,
        using generator: inout SeededGenerator
    ) {
        guard !isOver, var flow = flows[direction], !rule.stalled.contains(direction) else {
            return
        }
        let now = ContinuousClock.now
        let (source, sink) = ends(direction)
        if flow.hasRoom {
            switch source.receiveNow(upTo: Self.chunkBytes) {
            case .bytes(let bytes):
                var rule = rule
                if direction == .toServer { rule.swallowsDeliveries = false }
                flow.take(bytes, under: rule, at: now, using: &generator)
            case .end: flow.hasEnded = true
            case .failure: return reset()
            case .nothing: break
            }
        }
        var room = rule.sliceBytes
        let limit = direction == .toClient ? rule.resetAfterBytes ?? rule.endAfterBytes : nil
        if let limit { room = min(room, max(0, limit - flow.passedBytes)) }
        let bytes = flow.ready(room, at: now)
        if !bytes.isEmpty {
            guard let sent = sink.sendNow(bytes) else { return reset() }
            flow.pass(sent)
        }
        if let limit, flow.passedBytes >= limit {
            if rule.resetAfterBytes != nil { return reset() }
            flow.hasEnded = true
            isOver = true
        }
        if flow.hasEnded, flow.isEmpty, !flow.isEndPassed {
            flow.isEndPassed = true
            sink.endSending()
        }
        flows[direction] = flow
        if flows.values.allSatisfy(\.isEndPassed) { isOver = true }
    }
}
