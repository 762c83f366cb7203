@testable import CacheDomain

/// Foreign changes as nodes are told of them, and a store beside the log.
extension Fleet {
    // MARK: Watched prefixes

    func beginWatch(_ node: FleetNode) {
        node.watching += 1
        node.isWatching = true
        tell(.began, node)
        let watching = node.watching
        later(node, 1_000) { self.look(node, watching) }
    }

    func unwatch(_ node: FleetNode, for time: Int) {
        guard node.isWatching else { return }
        node.watching += 1
        node.isWatching = false
        hearWatch(node) { $0.hear(.lost("test"), at: node.instant(self.moment)) }
        let watching = node.watching
        later(time) { if node.watching == watching { self.beginWatch(node) } }
    }

    /// The connections to the server of the data break.
    func breakWatches() {
        for node in nodes where regime.isWatched {
            node.connection += 1
            // What is told now goes to nobody.
            node.watchDeafUntil = max(node.watchDeafUntil, moment + 50)
            let pause = draw(10...300, node, 6)
            later(draw(1...50, node, 7)) { self.unwatch(node, for: pause) }
        }
    }

    func tellWatches(of key: Int) {
        guard key >= Self.keyCount - Self.watchedCount else { return }
        tellAll(.changed([Keys.all.names[key]]))
    }

    func flushWatches() { tellAll(.flushed) }

    private func tellAll(_ signal: PrefixWatchSignal) {
        guard regime.isWatched, missing != .watch else { return }
        for node in nodes where node.isWatching && node.watchDeafUntil <= moment {
            tell(signal, node)
        }
    }

    private func tell(_ signal: PrefixWatchSignal, _ node: FleetNode) {
        let watching = node.watching
        later(node, max(2, node.watchHeldUntil - moment)) {
            guard node.watching == watching else { return }
            if case .changed(let keys) = signal {
                for key in keys.compactMap(Keys.all.place) { node.touches[key] += 1 }
            }
            self.hearWatch(node) { $0.hear(signal, at: node.instant(self.moment)) }
        }
    }

    private func look(_ node: FleetNode, _ watching: Int) {
        guard node.watching == watching else { return }
        hearWatch(node) { $0.look(at: node.instant(self.moment)) }
        later(node, 1_000) { self.look(node, watching) }
    }

    private func sendWatchCanary(_ canary: String, _ node: FleetNode) {
        later(2) {
            let connection = node.connection
            let isHeard = node.isWatching && node.watchDeafUntil <= self.moment
            if isHeard || self.missing == .watchCanary { self.tell(.canary(canary), node) }
            self.answer(node, 2) {
                self.hearWatch(node) { $0.sent(canary, over: connection) }
            }
        }
    }

    private func hearWatch(
        _ node: FleetNode,
        _ decide: (inout PrefixWatchState) -> [PrefixWatchState.Effect]
    ) {
        guard var watch = node.watch else { return }
        let effects = decide(&watch)
        node.watch = watch
        for effect in effects {
            switch effect {
            case .distrust: node.tier.distrustWatched()
            case .forget(let keys): _ = node.tier.forgetWatched(keys)
            case .forgetAll: _ = node.tier.forgetAllWatched()
            case .sendCanary(let canary): sendWatchCanary(canary, node)
            case .beginAnew: unwatch(node, for: 20)
            }
        }
        node.tier.watchedUntil = watch.servesUntil
    }

    // MARK: A store beside the log

    /// Asks the store which life it is in, again and again.
    func askStore(_ node: FleetNode) {
        let begun = moment
        later(2) {
            let life = self.store.life
            self.answer(node, 2) {
                node.storeLife.told = life
                self.drive(node) { $0.storeAnswered("\(life)", askedAt: node.instant(begun)) }
                self.later(node, 1_000) { self.askStore(node) }
            }
        }
    }
}
