import TestSupport

@testable import CacheDomain

extension Fleet {
    /// One fault after the other, until their time is over.
    func strike() {
        guard hasFaults else { return }
        let node = nodes[Int.random(in: nodes.indices, using: &random)]
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: disconnect(node, for: random.oneIn(4) ? 3_000...9_000 : 20...600)
        case 3, 4: deafen(node)
        case 5, 6: failOver()
        default: if strands { strand(node) } else { deafen(node) }
        }
        later(100...1_500) { self.strike() }
    }

    /// The connection breaks, and stands again a while later.
    private func disconnect(_ node: FleetNode, for pause: ClosedRange<Int>) {
        guard node.isSubscribed else { return }
        note(node, "loses its subscription")
        node.isSubscribed = false
        node.strandedUntil = 0
        for effect in node.reader.hear(.lost("test"), at: node.instant(moment)) {
            preconditionFailure("a loss asks for nothing, but here for \(effect)")
        }
        later(pause) { self.subscribe(node) }
    }

    /// A link that passes nothing on, and nobody says so.
    private func deafen(_ node: FleetNode) {
        note(node, "hears nothing")
        node.deafUntil = moment + Int.random(in: 500...6_000, using: &random)
    }

    /// A server takes over that lacks the last changes; all connections break a moment later.
    private func failOver() {
        let count = Int.random(in: 0...4, using: &random)
        server.loseTail(count, at: moment)
        for node in nodes {
            note(node, "the server has lost \(count) changes")
            // What was sent before is under way; what is sent now goes to nobody.
            node.strandedUntil = .max
            later(1...50) { self.disconnect(node, for: 10...300) }
        }
    }

    /// The subscription stays with a server that nobody writes to any more, and that lives.
    private func strand(_ node: FleetNode) {
        guard node.isSubscribed, node.strandedUntil <= moment else { return }
        note(node, "listens to a server that nobody writes to")
        let until = moment + Int.random(in: 2_000...16_000, using: &random)
        node.strandedUntil = until
        let subscription = node.subscription
        hearStranded(server.heartbeat(canary: nil), node, subscription, until)
        later(until - moment...until - moment) {
            if node.subscription == subscription { self.disconnect(node, for: 20...600) }
        }
    }

    private func hearStranded(
        _ heartbeat: ArraySlice<UInt8>,
        _ node: FleetNode,
        _ subscription: Int,
        _ until: Int
    ) {
        guard node.subscription == subscription, node.strandedUntil == until, moment < until else {
            return
        }
        deliver(heartbeat, to: node)
        later(500...900) { self.hearStranded(heartbeat, node, subscription, until) }
    }
}
