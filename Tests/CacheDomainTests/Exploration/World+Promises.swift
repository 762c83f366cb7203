@testable import CacheDomain

extension World {
    /// The number of the write whose copy the node would serve now.
    func served(_ node: Int, _ key: Int) -> Int? {
        guard isOpen(node) else { return nil }
        var tier = nodes[node].tier
        guard let held = tier.held(forKey: Self.keys[key], at: Self.instant(now)), held.isTrusted
        else { return nil }
        return Int(held.entry.bytes[0])
    }

    /// Whether the node may serve copies at all.
    private func isOpen(_ node: Int) -> Bool {
        let model = nodes[node]
        switch missing {
        case .replay, .doubt: return model.link != nil && now < model.heardAt + Scene.lease
        case .lease: return model.reader.servesUntil != nil
        default: break
        }
        let gate = ServingGate(origin: Self.start)
        gate.set(until: model.reader.servesUntil)
        return gate.isOpen(at: Self.instant(now))
    }

    mutating func violated(_ promise: Promise, _ text: String) {
        guard breach == nil, sought ?? promise == promise else { return }
        breach = Breach(promise: promise, text: text)
    }

    /// Looks at everything that must be true now; whoever may be served is served.
    mutating func check() {
        for node in nodes.indices {
            for key in Self.keys.indices {
                guard let number = served(node, key) else { continue }
                checkServed(number, node, key)
                nodes[node].seen |= 1 << UInt64(number)
            }
            if isOpen(node) { nodes[node].hasServed = true }
            checkDetection(node)
            checkQuiet(node)
        }
    }

    private mutating func checkServed(_ number: Int, _ node: Int, _ key: Int) {
        let who = "node \(node) serves write \(number) of key \(key)"
        if let endedAt = writes[number].endedAt, now - endedAt >= scene.bound {
            violated(.bound, "\(who), which ceased to be true \(now - endedAt) ticks ago")
        }
        let model = nodes[node]
        for later in writes.indices where later > number {
            let write = writes[later]
            guard write.key == key, !write.isLost else { continue }
            let (isSeen, isTold) = (model.seen >> later & 1 == 1, model.told >> later & 1 == 1)
            if write.isRemoval, isSeen || isTold {
                violated(.removal, "\(who), and knows of removal \(later)")
            }
            if isSeen { violated(.monotony, "\(who), and has seen write \(later)") }
            if isTold { violated(.token, "\(who), and has applied the message of \(later)") }
        }
    }

    /// Only where the network is prompt: else a heartbeat may take any time.
    private mutating func checkDetection(_ node: Int) {
        guard scene.isPrompt, let lossAt = nodes[node].lossAt else { return }
        let model = nodes[node]
        guard isOpen(node), let link = model.link, let applied = model.reader.applied,
            applied.sequence < servers[link].position.sequence, !model.isDeaf
        else {
            nodes[node].lossAt = nil
            return
        }
        if now - lossAt > Scene.heartbeat {
            violated(.detection, "node \(node) serves and misses a message since tick \(lossAt)")
        }
    }

    /// Where nothing is under way, nothing would ever mend a copy that is wrong.
    private mutating func checkQuiet(_ node: Int) {
        let (model, server) = (nodes[node], servers[current])
        guard model.link == current, model.commands == current, !model.isDeaf, isOpen(node),
            model.queue.isEmpty, model.outbox == nil, model.reading == nil,
            model.nextQuery == nil, model.fill == nil, model.change == nil
        else { return }
        for key in Self.keys.indices {
            guard let number = served(node, key), number != server.values[key],
                !isShownByHeartbeat(node)
            else { continue }
            violated(.convergence, "node \(node) holds write \(number) of key \(key) for good")
        }
    }

    /// Whether the next heartbeat tells the node that it lacks something.
    private func isShownByHeartbeat(_ node: Int) -> Bool {
        guard missing != .heartbeat, missing != .replay else { return false }
        var reader = nodes[node].reader
        let heartbeat = Wire.heartbeat(servers[current].position, canary: "")
        let effects = reader.hear(.message(bytes(of: heartbeat)), at: Self.instant(now))
        return effects.contains { if case .readJournal = $0 { true } else { false } }
    }

    mutating func checkProgress(_ node: Int, from before: LogPosition?, _ hasDistrusted: Bool) {
        guard let before, let after = nodes[node].reader.applied, !hasDistrusted else { return }
        if after.epoch == before.epoch, after.sequence < before.sequence {
            violated(.progress, "node \(node) fell from \(before.sequence) to \(after.sequence)")
        }
    }

    mutating func noteDistrust(_ reason: CoherenceTracker.DistrustReason, _ node: Int) {
        // Who is interrupted while he starts afresh starts afresh once more, with nothing to lose.
        guard nodes[node].hasServed else { return }
        nodes[node].hasServed = false
        nodes[node].flushCount += 1
        let losses = used.failOvers + used.emptyings
        if nodes[node].flushCount > losses + used.trims {
            violated(.economy, "node \(node) distrusts everything (\(reason)) for no loss")
        }
    }
}
