@testable import CacheDomain

extension NodeModel {
    /// Whatever may make a difference later goes into `hasher`, and nothing else.
    ///
    /// Times count from now, and as one where they are over; a canary is known by its place among
    /// those that are waited for; counters count only where they are compared.
    func digest(into hasher: inout Hasher, at now: Int) {
        hasher.combine(link)
        hasher.combine(linkFloor)
        hasher.combine(isDeaf)
        hasher.combine(commands)
        hasher.combine(wantsHeartbeat)
        hasher.combine(sentAt == now)
        hasher.combine(seen)
        hasher.combine(told)
        hasher.combine(hasServed)
        hasher.combine(flushCount)
        hasher.combine(lossAt.map { min(now - $0, Scene.longest) })
        hasher.combine(min(now - heardAt, Scene.longest))
        hasher.combine(outbox.map(place))
        digestQueue(into: &hasher)
        digestReading(into: &hasher, at: now)
        digest(reader, into: &hasher, at: now)
        digest(reader.tracker, into: &hasher)
        digestTier(into: &hasher)
    }

    private func place(ofCanary canary: String) -> Int {
        reader.canary.underWay.firstIndex { $0.canary == canary } ?? -1
    }

    private func age(_ instant: ContinuousClock.Instant?, at now: Int) -> Int? {
        guard let instant else { return nil }
        let age = now - World.tick(instant)
        return min(age, Scene.longest)
    }

    private func digestQueue(into hasher: inout Hasher) {
        hasher.combine(queue.count)
        for wire in queue {
            switch wire {
            case .change(let number): hasher.combine(number)
            case .heartbeat(let position, let canary):
                hasher.combine(position)
                hasher.combine(place(ofCanary: canary))
            }
        }
    }

    /// The number of a query tells nothing but whether its answer is still wanted.
    private func digestReading(into hasher: inout Hasher, at now: Int) {
        hasher.combine(nextQuery?.sequence)
        guard let reading else { return }
        hasher.combine(reader.awaits(reading.query))
        hasher.combine(reading.query.sequence)
        hasher.combine(min(now - reading.start, Scene.longest))
        hasher.combine(reading.last)
        hasher.combine(reading.page)
    }

    private func digest(_ reader: CoherenceReader, into hasher: inout Hasher, at now: Int) {
        hasher.combine(reader.isCaughtUp)
        hasher.combine(reader.isReadHere)
        hasher.combine(reader.isPrompt)
        hasher.combine(age(reader.lastHeard, at: now))
        hasher.combine(reader.followsUntil.map { max(World.tick($0) - now, 0) })
        let canary = reader.canary
        hasher.combine(canary.isSubscribed)
        hasher.combine(age(canary.newestHeard, at: now))
        hasher.combine(age(canary.lastSent, at: now))
        for sent in canary.underWay { hasher.combine(age(sent.moment, at: now)) }
    }

    private func digest(_ tracker: CoherenceTracker, into hasher: inout Hasher) {
        hasher.combine(tracker.applied)
        hasher.combine(tracker.proof)
        hasher.combine(tracker.unprovenReason)
        switch tracker.phase {
        case .deaf: hasher.combine(0)
        case .catchingUp(let query, let isAfresh):
            hasher.combine(query.sequence)
            hasher.combine(isAfresh)
        case .following: hasher.combine(1)
        }
        for heard in tracker.waiting {
            hasher.combine(heard.message.position)
            hasher.combine(heard.message.announcement)
            hasher.combine(heard.message.canary.map(place))
            hasher.combine(heard.hasGoneBack)
        }
        hasher.combine(tracker.hasDropped)
        for canary in tracker.canaries { hasher.combine(place(ofCanary: canary)) }
        hasher.combine(tracker.lastHeard)
    }

    /// The counters of the tier are only ever compared with those of tokens.
    private func digestTier(into hasher: inout Hasher) {
        hasher.combine(tier.epoch)
        hasher.combine(tier.sequence)
        hasher.combine(tier.isDoubtful)
        for key in World.keys {
            let stripe = tier.stripes[tier.stripe(of: key)]
            hasher.combine(stripe.sequence)
            hasher.combine(stripe.seen)
            if let fill { hasher.combine(fill.token.number > stripe.answered) }
            if let change { hasher.combine(change.token.number > stripe.answered) }
            guard let entry = tier.storage.peek(key) else { continue }
            hasher.combine(key)
            hasher.combine(entry.bytes)
            hasher.combine(entry.trust == tier.trust)
            hasher.combine(entry.sequence)
            hasher.combine(entry.asOf)
        }
        if let fill {
            hasher.combine(fill.key)
            hasher.combine(fill.answer)
            let stripe = tier.stripes[tier.stripe(of: World.keys[fill.key])]
            hasher.combine(
                fill.token.all == tier.generation && fill.token.stripe == stripe.generation
            )
        }
        if let change {
            hasher.combine(change.key)
            hasher.combine(change.isRemoval)
            hasher.combine(change.number)
            hasher.combine(change.token.life == tier.life)
            if let fill { hasher.combine(fill.token.number < change.token.number) }
        }
    }
}
