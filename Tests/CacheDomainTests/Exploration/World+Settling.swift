@testable import CacheDomain

extension World {
    /// The rounds in which a node finds its way when nothing fails any more.
    private static let maxRounds = 40

    /// All faults are over: the node gets all that is under way, and time to follow.
    mutating func settle(_ node: Int) {
        if nodes[node].link != current || nodes[node].isDeaf {
            if nodes[node].link != nil { take(.cut(node)) }
            take(.connect(node, to: current))
        }
        if nodes[node].commands != current { take(.moveCommands(node)) }
        for _ in 0..<Self.maxRounds {
            guard let move = nextSettlingMove(node) else { return }
            take(move)
        }
    }

    private func nextSettlingMove(_ node: Int) -> Move? {
        let model = nodes[node]
        if model.outbox != nil { return .publishHeartbeat(node) }
        if let reading = model.reading {
            return reading.page == nil ? .readPage(node) : .takePage(node)
        }
        if model.nextQuery != nil { return .readPosition(node) }
        if let fill = model.fill { return fill.answer == nil ? .answer(node) : .keep(node) }
        if let change = model.change {
            return change.number == nil ? .perform(node) : .acknowledge(node)
        }
        if !model.queue.isEmpty { return .deliver(node) }
        if isHeartbeatDue(node) { return .sendHeartbeat(node) }
        return nil
    }

    /// Whether each node, when all faults are over, follows again and holds what the server has.
    mutating func checkSettling() {
        for node in nodes.indices {
            settle(node)
            // A heartbeat later at most it knows of what it lacks.
            for _ in 0..<Scene.lease {
                now += 1
                settle(node)
            }
            check()
            guard missing == nil else { continue }
            let gate = ServingGate(origin: Self.start)
            gate.set(until: nodes[node].reader.servesUntil)
            if !gate.isOpen(at: Self.instant(now)) {
                violated(.convergence, "node \(node) serves nothing after all faults have ended")
            }
        }
    }
}
