@testable import CacheDomain

extension World {
    /// Everything that may happen next.
    var moves: [Move] {
        guard breach == nil else { return [] }
        if scene.isPrompt, let node = nodes.indices.first(where: { mustAct($0) }) {
            return linkMoves(node)
        }
        var moves = serverMoves
        for node in nodes.indices { moves += linkMoves(node) + questionMoves(node) }
        return moves
    }

    private var serverMoves: [Move] {
        var moves: [Move] = []
        let budget = scene.budget
        if used.ticks < budget.ticks, mayTimePass { moves.append(.tick) }
        if used.foreignWrites < budget.foreignWrites {
            for key in touchableKeys {
                if scene.sets { moves.append(.foreignWrite(key: key, isRemoval: false)) }
                if scene.removes { moves.append(.foreignWrite(key: key, isRemoval: true)) }
            }
        }
        if used.heartbeats < budget.heartbeats { moves.append(.foreignHeartbeat) }
        if used.failOvers < budget.failOvers {
            let madeHere = servers[current].journal.count { $0 >= firstWrite }
            for count in 0...min(budget.tail, madeHere) { moves.append(.failOver(losing: count)) }
        }
        if used.trims < budget.trims, servers[current].journal.count > 1 { moves.append(.trim) }
        if used.emptyings < budget.emptyings { moves.append(.empty) }
        return moves
    }

    /// The keys are alike until one of them has been changed, so the first change is of the first.
    private var touchableKeys: Range<Int> {
        writes.count == firstWrite && scene.beginsWarm ? 0..<1 : 0..<Self.keys.count
    }

    /// Time waits for connections to leave a server that has died.
    private var mayTimePass: Bool {
        if let failedOverAt, now - failedOverAt >= scene.linger {
            let isLeft = nodes.allSatisfy {
                $0.commands == current && (scene.strands || $0.link ?? current == current)
            }
            guard isLeft else { return false }
        }
        return true
    }

    /// Where the network is prompt, nothing else happens before that.
    private func mustAct(_ node: Int) -> Bool {
        !nodes[node].queue.isEmpty || isHeartbeatDue(node)
    }

    /// One a tick, and one whenever it is asked for.
    func isHeartbeatDue(_ node: Int) -> Bool {
        let model = nodes[node]
        guard model.outbox == nil, model.link != nil else { return false }
        if model.wantsHeartbeat { return true }
        return model.sentAt < now
            && model.reader.heartbeatPause(
                patience: Self.timing.heartbeat,
                at: Self.instant(now)
            ) == nil
    }

    // MARK: The subscription

    private func linkMoves(_ node: Int) -> [Move] {
        let (model, budget) = (nodes[node], scene.budget)
        guard let link = model.link else {
            let isOldAlive = scene.strands || now - (failedOverAt ?? now) < scene.linger
            return (0...current)
                .filter { $0 == current || ($0 >= model.linkFloor && isOldAlive) }
                .map { .connect(node, to: $0) }
        }
        var moves: [Move] = []
        if link != current || used.cuts < budget.cuts { moves.append(.cut(node)) }
        if isHeartbeatDue(node) { moves.append(.sendHeartbeat(node)) }
        if !model.isDeaf, used.deafenings < budget.deafenings { moves.append(.deafen(node)) }
        guard !model.queue.isEmpty else { return moves }
        moves.append(.deliver(node))
        if used.losses < budget.losses { moves.append(.lose(node)) }
        if used.repetitions < budget.repetitions { moves.append(.double(node)) }
        return moves
    }

    // MARK: Questions, changes and heartbeats

    private func questionMoves(_ node: Int) -> [Move] {
        let (model, budget) = (nodes[node], scene.budget)
        var moves: [Move] = []
        if model.commands != current { moves.append(.moveCommands(node)) }
        if model.outbox != nil { moves.append(.publishHeartbeat(node)) }
        switch model.reading {
        case nil: if model.nextQuery != nil { moves.append(.readPosition(node)) }
        case .some(let reading):
            moves.append(reading.page == nil ? .readPage(node) : .takePage(node))
        }
        switch model.fill {
        case nil:
            guard used.fills < budget.fills else { break }
            for key in Self.keys.indices where served(node, key) == nil {
                moves.append(.ask(node, key: key))
            }
        case .some(let fill): moves.append(fill.answer == nil ? .answer(node) : .keep(node))
        }
        switch model.change {
        case nil:
            guard used.writes < budget.writes, scene.grain == .fine || model.commands == current
            else { break }
            for key in touchableKeys {
                if scene.sets { moves.append(.change(node, key: key, isRemoval: false)) }
                if scene.removes { moves.append(.change(node, key: key, isRemoval: true)) }
            }
        case .some(let change):
            if change.number != nil {
                moves.append(.acknowledge(node))
            } else if model.commands == current {
                moves.append(.perform(node))
            }
        }
        return moves
    }
}
