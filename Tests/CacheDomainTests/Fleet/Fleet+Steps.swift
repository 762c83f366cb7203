import TestSupport

@testable import CacheDomain

/// What comes from outside.
extension Fleet {
    func take(_ step: Step) {
        let node = nodes[step.node]
        let random = SeededGenerator(seed: step.salt)
        switch step.event {
        case .read(let key) where !isStopped(node): read(node, key, random)
        case .write(let key) where !isStopped(node): write(node, key, removing: false, random)
        case .remove(let key) where !isStopped(node): write(node, key, removing: true, random)
        case .read, .write, .remove: break
        default:
            noteServer("\(step.event.isOfServer ? "" : "\(node.name) ")\(step.event)")
            if step.event.isOfServer { strikeServer(step.event) } else { strike(node, step.event) }
        }
    }

    private func isStopped(_ node: FleetNode) -> Bool { node.stoppedUntil > moment }

    private func strike(_ node: FleetNode, _ event: Event) {
        switch event {
        case .lose, .double, .swap, .garble, .repeatCanary: return node.mishaps.append(event)
        case .disconnect(let time): disconnect(node, for: time)
        case .deafen(let time): node.deafUntil = max(node.deafUntil, moment + time)
        case .pile(let time, let isShuffled): pile(node, for: time, isShuffled)
        case .delay(let delay, let time): node.delay = (delay, moment + time)
        case .strand(let time): strand(node, for: time)
        case .slow(let time):
            node.slowUntil = max(node.slowUntil, moment + time)
            return
        case .stop(let time): node.stoppedUntil = max(node.stoppedUntil, moment + time)
        case .unwatch(let time): unwatch(node, for: time)
        case .deafenWatch(let time): deafenWatch(node, for: time)
        case .holdWatch(let time):
            node.watchHeldUntil = max(node.watchHeldUntil, moment + time)
        default: preconditionFailure("\(event) happens to no node")
        }
        node.missed = nil
    }

    // MARK: Links

    private func disconnect(_ node: FleetNode, for pause: Int) {
        guard node.isSubscribed else { return }
        unsubscribe(node)
        let subscription = node.subscription
        later(pause) { if node.subscription == subscription { self.subscribe(node) } }
    }

    private func pile(_ node: FleetNode, for time: Int, _ isShuffled: Bool) {
        guard node.isSubscribed, node.pile.until <= moment else { return }
        node.pile = FleetNode.Pile(until: moment + time, isShuffled: isShuffled)
        let subscription = node.subscription
        later(time) {
            guard node.subscription == subscription else { return }
            var messages = node.pile.messages
            node.pile = FleetNode.Pile()
            if isShuffled {
                var random = SeededGenerator(seed: self.life.seed ^ UInt64(self.moment))
                messages.shuffle(using: &random)
            }
            for message in messages { self.deliver(message, to: node) }
        }
    }

    /// The subscription stays with a server that nobody writes to any more, and that lives.
    private func strand(_ node: FleetNode, for time: Int) {
        guard node.isSubscribed, node.strandedUntil <= moment else { return }
        let until = moment + time
        node.strandedUntil = until
        let subscription = node.subscription
        hearStranded(Sent(log.heartbeat(by: "ghost", canary: nil)), node, until)
        later(time) {
            if node.subscription == subscription { self.disconnect(node, for: 20) }
        }
    }

    private func hearStranded(_ heartbeat: Sent, _ node: FleetNode, _ until: Int) {
        guard node.strandedUntil == until, moment < until else { return }
        send(heartbeat, to: node)
        later(draw(500...900, node, 3)) { self.hearStranded(heartbeat, node, until) }
    }

    /// A connection loses nothing but its end.
    private func deafenWatch(_ node: FleetNode, for time: Int) {
        node.watchDeafUntil = max(node.watchDeafUntil, moment + time)
        let watching = node.watching
        later(time) { if node.watching == watching { self.unwatch(node, for: 20) } }
    }

    // MARK: Servers

    private func strikeServer(_ event: Event) {
        switch event {
        case .failOver(let count): failOver(losing: count)
        case .failOverData(let count):
            undo(store.failOver(losing: count))
            breakWatches()
        case .goBack(let count): goBack(losing: count)
        case .empty: empty()
        case .emptyData: emptyData()
        case .loseCounter:
            log.loseCounter()
            store.forgetChanges()
            troubles.goingBack = moment
        case .loseJournal: trim(to: 0)
        case .trim(let count): trim(to: count)
        case .evict(let key): store.evict(key)
        case .writeForeign(let key): writeForeign(key)
        case .writeUnknown(let key): writeUnknown(key)
        default: preconditionFailure("\(event) happens to no server")
        }
        for node in nodes { node.missed = nil }
    }

    private func trim(to count: Int) {
        log.trimJournal(to: count)
        troubles.trimming = moment
    }

    /// A server takes over that lacks the last changes; all connections break a moment later.
    private func failOver(losing count: Int) {
        loseTail(count)
        for node in nodes {
            // What was sent before is under way; what is sent now goes to nobody.
            node.strandedUntil = .max
            let pause = draw(10...300, node, 4)
            later(draw(1...50, node, 5)) { self.disconnect(node, for: pause) }
        }
        if !regime.isSplit { breakWatches() }
    }

    /// The server loses its last changes and keeps its connections, but those of nodes that have
    /// not heard all: what they hold, and nobody has heard of, nothing would ever tell.
    private func goBack(losing count: Int) {
        for node in nodes where node.reader.applied != log.position {
            disconnect(node, for: draw(10...300, node, 4))
        }
        loseTail(count)
    }

    private func loseTail(_ count: Int) {
        let lost = min(count, log.count)
        if lost > 0 { troubles.goingBack = moment }
        log.loseTail(lost)
        if !regime.isSplit { undo(store.goBack(to: log.position.sequence)) }
    }

    private func undo(_ changes: [FleetStore.Change]) {
        for change in changes {
            if let value = change.after.value { history.end(value, at: moment) }
            if let value = change.before.value { history.revive(value) }
            history.undo(change.after.state)
            tellWatches(of: change.key)
        }
    }

    private func empty() {
        log.empty()
        troubles.goingBack = moment
        if !regime.isSplit { emptyData() }
    }

    private func emptyData() {
        let before = store.empty(states: (0..<Self.keyCount).map { _ in history.nextNumber() })
        for cell in before {
            if let value = cell.value { history.end(value, at: moment) }
        }
        flushWatches()
    }
}
