@testable import CacheDomain

/// The way of messages, and what a node does with them.
extension Fleet {
    private static let pageLength = 20

    func subscribe(_ node: FleetNode) {
        node.subscription += 1
        node.isSubscribed = true
        node.strandedUntil = 0
        node.channelClearAt = moment
        node.overtaken = nil
        node.pile = FleetNode.Pile()
        let subscription = node.subscription
        later(node, 1) {
            guard node.subscription == subscription else { return }
            self.note(node, "is subscribed")
            self.drive(node) { $0.hear(.subscribed, at: node.instant(self.moment)) }
        }
    }

    func unsubscribe(_ node: FleetNode) {
        node.subscription += 1
        node.isSubscribed = false
        node.strandedUntil = 0
        node.missed = nil
        later(node, 1) {
            self.drive(node) { $0.hear(.lost("test"), at: node.instant(self.moment)) }
        }
    }

    /// Sends a message to all who listen.
    func publish(_ bytes: ArraySlice<UInt8>) {
        let message = Sent(bytes)
        for node in nodes where node.isSubscribed && node.strandedUntil <= moment {
            send(message, to: node)
        }
    }

    /// Sends a message to one who listens; some of it is lost, some comes twice.
    func send(_ message: Sent, to node: FleetNode) {
        guard node.deafUntil <= moment else { return }
        if moment >= regime.faultsEnd { node.mishaps.removeAll() }
        let mishap = node.mishaps.isEmpty ? nil : node.mishaps.removeFirst()
        switch mishap {
        case .lose: return lose(message, node)
        case .swap where node.overtaken == nil:
            node.overtaken = message
            return lose(message, node)
        case .double: deliver(message, to: node)
        case .garble: deliver(Sent(ArraySlice("{}".utf8)), to: node)
        case .repeatCanary: if let canary = node.lastCanary { deliver(canary, to: node) }
        default: break
        }
        deliver(message, to: node)
        if let overtaken = node.overtaken {
            node.overtaken = nil
            deliver(overtaken, to: node)
        }
    }

    func deliver(_ message: Sent, to node: FleetNode) {
        guard node.pile.until <= moment else { return node.pile.messages.append(message) }
        let delay = draw(1...4, node) + (node.delay.until > moment ? node.delay.by : 0)
        node.channelClearAt = max(node.channelClearAt, moment + delay)
        let subscription = node.subscription
        later(node, node.channelClearAt - moment) {
            guard node.subscription == subscription else { return }
            self.hear(message, node)
        }
    }

    // MARK: Hearing

    private func hear(_ message: Sent, _ node: FleetNode) {
        node.heardAt = moment
        let now = node.instant(moment)
        guard let read = message.message else {
            return drive(node) { $0.hear(.message(message.bytes), at: now) }
        }
        if read.canary != nil { node.lastCanary = message }
        if !read.isHeartbeat { node.given[read.position.sequence] = message.bytes }
        switch missing {
        case .replay:
            // Whatever comes is believed, and nothing else asked for.
            _ = node.tier.apply(read.announcement, at: read.position)
        case .goingBack where read.position.sequence < node.reader.applied?.sequence ?? 0:
            // What repeats itself is taken for a sign of life.
            let echo = node.echo(read.canary)
            drive(node) { $0.hear(.message(echo), at: now) }
        default:
            drive(node) { $0.hear(read, message.bytes, at: now) }
        }
    }

    private func lose(_ message: Sent, _ node: FleetNode) {
        account.losses += 1
        guard let read = message.message, !node.isHeldUp(at: moment) else { return }
        let until = moment + Self.detection
        if !read.isHeartbeat {
            note(node, "does not hear \(read.position.sequence)")
            node.missed = (read.position.sequence, until)
        } else if let missed = node.missed {
            // So was what would have told.
            node.missed = (missed.sequence, until)
        } else {
            return
        }
        later(until - moment) {
            guard let missed = node.missed, missed.by == self.moment else { return }
            node.missed = nil
            let applied = node.reader.applied?.sequence ?? 0
            guard node.reader.servesUntil != nil, applied < missed.sequence else { return }
            self.violate(.detection, node, "does not miss \(missed.sequence)")
        }
    }

    /// So long after a message was lost, another one has told of it.
    private static let detection = 1_050

    // MARK: Telling

    func beat(_ node: FleetNode) {
        let patience = draw(500...900, node, 1)
        let pause = node.reader.heartbeatPause(
            patience: .milliseconds(patience),
            at: node.instant(moment)
        )
        if pause == nil { sendHeartbeat(node) }
        let rest = pause.map { max(1, Int($0 / .milliseconds(1))) } ?? patience
        later(node, rest) { self.beat(node) }
    }

    private func sendHeartbeat(_ node: FleetNode) {
        let canary = node.reader.nextCanary(at: node.instant(moment))
        later(draw(1...3, node, 2)) {
            switch self.missing {
            case .heartbeat:
                // Everybody hears that there is nothing new.
                for listener in self.nodes where listener.isSubscribed {
                    self.deliver(Sent(listener.echo(canary)), to: listener)
                }
            case .canary:
                self.publish(self.log.heartbeat(by: node.name, canary: nil))
                // Heard whatever it listens to.
                self.deliver(Sent(node.echo(canary)), to: node)
            default: self.publish(self.log.heartbeat(by: node.name, canary: canary))
            }
        }
    }

    private func readJournal(_ query: CoherenceTracker.JournalQuery, _ node: FleetNode) {
        node.query = query
        let begun = moment
        later(2) {
            let last = self.log.position
            self.later(2) {
                let page = self.log.journal(from: query.sequence, limit: Self.pageLength)
                self.answer(node, 2) {
                    let query = self.missing == .queryNumber ? node.query ?? query : query
                    let isAwaited = node.reader.awaits(query)
                    self.drive(node, knownAt: begun) {
                        $0.journalRead(page, last: last, for: query, begunAt: node.instant(begun))
                    }
                    let isDistrusted = node.distrust.knownAt == begun
                    if isAwaited, !isDistrusted, !page.isEmpty { node.distrust.isProven = true }
                }
            }
        }
    }

    // MARK: What a reader wants

    /// Lets the reader decide, and does what it says.
    func drive(
        _ node: FleetNode,
        knownAt: Int? = nil,
        _ decide: (inout CoherenceReader) -> [CoherenceReader.Effect]
    ) {
        let before = node.reader.applied
        let effects = decide(&node.reader)
        var isAfresh = false
        for effect in effects {
            if case .distrustEverything = effect { isAfresh = true }
            perform(effect, node, before, knownAt ?? moment)
        }
        guard let before, let after = node.reader.applied, before.epoch == after.epoch,
            after.sequence < before.sequence, !isAfresh
        else { return }
        violate(.progress, node, "falls from \(before.sequence) to \(after.sequence)")
    }

    private func perform(
        _ effect: CoherenceReader.Effect,
        _ node: FleetNode,
        _ before: LogPosition?,
        _ knownAt: Int
    ) {
        switch effect {
        case .forget(let announcement, let position):
            note(node, "hears \(position.sequence) about \(announcement.keys)")
            node.distrust.isProven = true
            for key in announcement.keys.compactMap(Keys.all.place) { node.touches[key] += 1 }
            _ = node.tier.apply(announcement, at: position)
        case .forgetAhead(let position):
            touchAll(node)
            if missing != .ahead { _ = node.tier.forgetAhead(of: position) }
        case .distrustEverything(let reason):
            note(node, "trusts nothing: \(reason)")
            account.distrusts[reason, default: 0] += 1
            checkEconomy(node, reason, before, knownAt)
            touchAll(node)
            if !(missing?.isDistrust(for: reason) ?? false) { node.tier.distrustAll() }
        case .doubtAnswers:
            // Without it no canary would end the doubt.
            if missing != .replay { node.tier.isDoubtful = true }
        case .trustAnswers:
            touchAll(node)
            node.tier.trustAnswers()
        case .readJournal(let query): readJournal(query, node)
        case .sendHeartbeat: sendHeartbeat(node)
        // For those who measure.
        case .noteLag, .noteClock: break
        case .yieldName: violate(.economy, node, "takes another node's name for its own")
        }
    }

    private func touchAll(_ node: FleetNode) {
        for key in node.touches.indices { node.touches[key] += 1 }
    }

    /// A distrust has its reason.
    private func checkEconomy(
        _ node: FleetNode,
        _ reason: CoherenceTracker.DistrustReason,
        _ applied: LogPosition?,
        _ knownAt: Int
    ) {
        let since = node.distrust.knownAt
        let isTrimmed = applied.flatMap { applied in
            log.firstSequence.map { $0 > applied.sequence }
        }
        let isFounded =
            switch reason {
            case .firstSubscription: node.distrust.count == 0 || !node.distrust.isProven
            case .rolledBack:
                !node.distrust.isProven || troubles.goingBack >= since
                    // A message from before may have been on its way all the time.
                    || !(applied.flatMap { node.given[$0.sequence] }.map(log.has) ?? true)
            case .journalTrimmed:
                !node.distrust.isProven || max(troubles.trimming, troubles.goingBack) >= since
                    || isTrimmed ?? true
            case .unreadableMessage: false
            case .unknownVersion: troubles.unknownVersion >= 0
            case .storeChanged: node.storeLife.known != node.storeLife.told
            }
        if reason == .storeChanged {
            node.storeLife.known = node.storeLife.told
        } else {
            node.distrust = FleetNode.Distrust(count: node.distrust.count + 1, knownAt: knownAt)
        }
        if !isFounded { violate(.economy, node, "trusts nothing for no reason: \(reason)") }
    }
}

extension Mechanism {
    /// Whether the fleet without it goes on as if nothing had happened.
    fileprivate func isDistrust(for reason: CoherenceTracker.DistrustReason) -> Bool {
        switch (self, reason) {
        case (.proof, .rolledBack), (.trimming, .journalTrimmed), (.version, .unknownVersion),
            (.storeLife, .storeChanged), (.firstSubscription, .firstSubscription):
            true
        default: false
        }
    }
}
