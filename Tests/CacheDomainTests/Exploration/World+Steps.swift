@testable import CacheDomain

extension World {
    /// What comes of it; the move must be possible.
    mutating func take(_ move: Move) {
        switch move {
        case .tick:
            used.ticks += 1
            now += 1
        case .foreignWrite(let key, let isRemoval):
            used.foreignWrites += 1
            write(key, isRemoval: isRemoval)
        case .foreignHeartbeat:
            used.heartbeats += 1
            publishHeartbeat(canary: "", at: current)
        case .failOver(let count):
            used.failOvers += 1
            failOver(losing: count)
        case .trim:
            used.trims += 1
            servers[current].journal.removeFirst(servers[current].journal.count - 1)
        case .empty:
            used.emptyings += 1
            empty()
        case .connect, .cut, .deliver, .lose, .double, .deafen: takeOfLink(move)
        default: takeOfQuestion(move)
        }
    }

    // MARK: The subscription

    private mutating func takeOfLink(_ move: Move) {
        switch move {
        case .connect(let node, let server):
            nodes[node].link = server
            nodes[node].linkFloor = server
            hear(.subscribed, node)
        case .cut(let node):
            // Who leaves a server that was replaced does not come back.
            if nodes[node].link == current {
                used.cuts += 1
            } else {
                nodes[node].linkFloor = current
            }
            nodes[node].link = nil
            nodes[node].queue = []
            nodes[node].isDeaf = false
            nodes[node].lossAt = nil
            nodes[node].wantsHeartbeat = false
            hear(.lost(""), node)
        case .deliver(let node): hear(nodes[node].queue.removeFirst(), node)
        case .lose(let node):
            used.losses += 1
            nodes[node].queue.removeFirst()
            nodes[node].lossAt = now
        case .double(let node):
            used.repetitions += 1
            hear(nodes[node].queue[0], node)
        case .deafen(let node):
            used.deafenings += 1
            nodes[node].queue = []
            nodes[node].isDeaf = true
        default: preconditionFailure("\(move) is not about a subscription")
        }
    }

    private mutating func hear(_ wire: Wire, _ node: Int) {
        nodes[node].heardAt = now
        guard missing == .replay else { return hear(.message(bytes(of: wire)), node) }
        // Whatever comes is believed, and nothing else asked for.
        guard case .change(let number) = wire else { return }
        apply(writes[number].position, number, node)
    }

    private mutating func hear(_ signal: CoherenceSignal, _ node: Int) {
        let before = nodes[node].reader.applied
        let effects = nodes[node].reader.hear(signal, at: Self.instant(now))
        perform(effects, node, before)
    }

    // MARK: Questions, changes and heartbeats

    private mutating func takeOfQuestion(_ move: Move) {
        switch move {
        case .moveCommands(let node): moveCommands(node)
        case .sendHeartbeat(let node):
            nodes[node].wantsHeartbeat = false
            nodes[node].sentAt = now
            nodes[node].outbox = nodes[node].reader.nextCanary(at: Self.instant(now))
            if scene.grain != .fine { publishHeartbeat(of: node) }
        case .publishHeartbeat(let node): publishHeartbeat(of: node)
        case .readPosition(let node):
            guard let query = nodes[node].nextQuery else { return }
            nodes[node].nextQuery = nil
            nodes[node].reading = NodeModel.Reading(
                query: query,
                start: now,
                last: servers[nodes[node].commands].position
            )
            if scene.grain != .fine { readPage(node) }
            if scene.grain == .coarse { takePage(node) }
        case .readPage(let node): readPage(node)
        case .takePage(let node): takePage(node)
        case .ask(let node, let key):
            used.fills += 1
            let token = nodes[node].tier.fillToken(forKey: Self.keys[key])
            nodes[node].fill = NodeModel.Fill(key: key, token: token)
            if scene.grain != .fine { answer(node) }
        case .answer(let node): answer(node)
        case .keep(let node): keep(node)
        case .change(let node, let key, let isRemoval):
            used.writes += 1
            nodes[node].change = NodeModel.OwnChange(
                key: key,
                isRemoval: isRemoval,
                token: nodes[node].tier.writeToken()
            )
            if scene.grain != .fine { make(node) }
        case .perform(let node): make(node)
        case .acknowledge(let node): acknowledge(node)
        default: preconditionFailure("\(move) is no question")
        }
    }

    /// What the old server has not answered is never answered.
    private mutating func moveCommands(_ node: Int) {
        nodes[node].commands = current
        nodes[node].outbox = nil
        if nodes[node].fill?.answer == nil { nodes[node].fill = nil }
        if nodes[node].change?.number == nil { nodes[node].change = nil }
    }

    private mutating func publishHeartbeat(of node: Int) {
        guard let canary = nodes[node].outbox else { return }
        nodes[node].outbox = nil
        publishHeartbeat(canary: canary, at: nodes[node].commands)
        // Heard whatever it listens to.
        if missing == .canary, let link = nodes[node].link, link != nodes[node].commands {
            let heartbeat = Wire.heartbeat(servers[link].position, canary: canary)
            nodes[node].queue.append(heartbeat)
        }
    }

    private mutating func publishHeartbeat(canary: String, at server: Int) {
        for node in nodes.indices where nodes[node].link == server && !nodes[node].isDeaf {
            let position =
                missing == .heartbeat
                ? nodes[node].reader.applied ?? .start : servers[server].position
            nodes[node].queue.append(.heartbeat(position, canary: canary))
        }
    }

    private mutating func readPage(_ node: Int) {
        guard let reading = nodes[node].reading else { return }
        let page = servers[nodes[node].commands].journal
            .filter { writes[$0].position.sequence >= reading.query.sequence }
        nodes[node].reading?.page = missing == .journal ? [] : page
    }

    private mutating func takePage(_ node: Int) {
        guard let reading = nodes[node].reading, let page = reading.page else { return }
        nodes[node].reading = nil
        let before = nodes[node].reader.applied
        let effects = nodes[node].reader
            .journalRead(
                page.map { writes[$0].bytes },
                last: reading.last,
                for: reading.query,
                begunAt: Self.instant(reading.start)
            )
        perform(effects, node, before)
    }

    private mutating func answer(_ node: Int) {
        guard let fill = nodes[node].fill else { return }
        let server = servers[nodes[node].commands]
        nodes[node].fill?.answer = NodeModel.Fill.Answer(
            write: server.values[fill.key],
            asOf: server.position
        )
    }

    private mutating func keep(_ node: Int) {
        guard let fill = nodes[node].fill, let answer = fill.answer else { return }
        nodes[node].fill = nil
        nodes[node].seen |= 1 << UInt64(answer.write)
        let key = Self.keys[fill.key]
        let token = missing == .fillToken ? nodes[node].tier.fillToken(forKey: key) : fill.token
        let entry = writes[answer.write].isRemoval ? nil : entry(answer.write, asOf: answer.asOf)
        _ = nodes[node].tier.answer(entry, asOf: answer.asOf, forKey: key, token)
    }

    private mutating func make(_ node: Int) {
        guard let change = nodes[node].change else { return }
        let number = write(change.key, isRemoval: change.isRemoval)
        nodes[node].change?.number = number
    }

    private mutating func acknowledge(_ node: Int) {
        guard let change = nodes[node].change, let number = change.number else { return }
        nodes[node].change = nil
        nodes[node].seen |= 1 << UInt64(number)
        let (key, position) = (Self.keys[change.key], writes[number].position)
        let entry = entry(number, sequence: position.sequence, asOf: position)
        _ = nodes[node].tier
            .acknowledge(
                Announcement(keys: [key]),
                at: position,
                change.isRemoval ? [] : [(key, entry)],
                change.token
            )
    }

    private func entry(_ write: Int, sequence: UInt64 = 0, asOf: LogPosition) -> LocalEntry {
        LocalEntry(
            bytes: [UInt8(write)],
            expiry: Self.forever,
            sequence: sequence,
            asOf: asOf
        )
    }

    // MARK: What the reader wants

    private mutating func perform(
        _ effects: [CoherenceReader.Effect],
        _ node: Int,
        _ before: LogPosition?
    ) {
        var hasDistrusted = false
        for effect in effects {
            switch effect {
            case .forget(let announcement, let position):
                let number = announcement.keys.last.flatMap { Int($0.dropFirst()) }
                apply(position, number, node, announcement)
            case .forgetAhead(let position):
                if missing != .ahead { _ = nodes[node].tier.forgetAhead(of: position) }
            case .distrustEverything(let reason):
                hasDistrusted = true
                noteDistrust(reason, node)
                if missing != .proof { nodes[node].tier.distrustAll() }
            case .doubtAnswers:
                if missing != .origin, missing != .replay { nodes[node].tier.isDoubtful = true }
            case .trustAnswers:
                if missing != .origin { nodes[node].tier.trustAnswers() }
            case .readJournal(let query): nodes[node].nextQuery = query
            case .sendHeartbeat: nodes[node].wantsHeartbeat = true
            case .noteLag, .noteClock, .yieldName: break
            }
        }
        if let query = nodes[node].nextQuery, !nodes[node].reader.awaits(query) {
            nodes[node].nextQuery = nil
        }
        checkProgress(node, from: before, hasDistrusted)
    }

    private mutating func apply(
        _ position: LogPosition,
        _ number: Int?,
        _ node: Int,
        _ announcement: Announcement? = nil
    ) {
        let key = announcement?.keys.first ?? Self.keys[writes[number ?? 0].key]
        _ = nodes[node].tier.apply(Announcement(keys: [key]), at: position)
        if let number { nodes[node].told |= 1 << UInt64(number) }
    }
}
