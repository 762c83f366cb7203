import TestSupport

@testable import CacheDomain

/// Reading and changing, and looking at what was read.
extension Fleet {
    func read(_ node: FleetNode, _ key: Int, _ random: SeededGenerator) {
        var random = random
        let name = Keys.all.names[key]
        if node.serves(at: moment, without: missing), let copy = node.copy(of: name, at: moment) {
            account.localReads += 1
            return check(node, key, copy)
        }
        let token = node.tier.fillToken(forKey: name)
        let touches = node.touches[key]
        let ask = random.draw(1...3)
        let wait = random.wait()
        later(ask) {
            let cell = self.store.cells[key]
            let position = self.regime.isSplit ? nil : self.log.position
            self.answer(node, wait) {
                node.seen[key].append(cell.state)
                let isFresh = self.missing == .fillToken
                let token = isFresh ? node.tier.fillToken(forKey: name) : token
                let entry = cell.answer.map { node.entry($0, asOf: position) }
                let isKept = node.tier.answer(entry, asOf: position, forKey: name, token)
                self.note(node, "\(isKept ? "keeps" : "refuses") key\(key): \(text(cell.answer))")
                if isKept, node.touches[key] != touches {
                    self.violate(.token, node, "keeps key\(key), which has changed meanwhile")
                }
                self.checkSize(node)
            }
        }
    }

    /// An answer of a server reaches the process.
    func answer(_ node: FleetNode, _ delay: Int, _ event: @escaping () -> Void) {
        later(node, max(0, node.slowUntil - moment) + delay, event)
    }

    // MARK: Changing

    /// A change of one key, on its way.
    private struct Writing {
        let key: Int
        let removes: Bool
        let token: LocalTier.WriteToken
        var random: SeededGenerator

        var announcement: Announcement { Announcement(keys: [Keys.all.names[key]]) }
    }

    func write(_ node: FleetNode, _ key: Int, removing: Bool, _ random: SeededGenerator) {
        var writing = Writing(
            key: key,
            removes: removing,
            token: node.tier.writeToken(),
            random: random
        )
        let ask = writing.random.draw(1...3)
        let wait = writing.random.wait()
        later(ask) {
            guard !self.regime.isSplit else { return self.writeApart(node, writing) }
            let (before, number) = self.change(writing, at: self.log.position.sequence + 1)
            if let before { self.history.end(before, at: self.moment, byRemoval: removing) }
            self.append(writing.announcement, node)
            let position = self.log.position
            self.answer(node, wait) {
                self.acknowledge(node, writing, number, position, isOneStep: true)
            }
        }
    }

    /// Announces the change, makes it, and announces it again.
    private func writeApart(_ node: FleetNode, _ writing: Writing) {
        var writing = writing
        append(writing.announcement, node)
        let first = log.position
        let wait = writing.random.oneIn(10) ? writing.random.draw(10...500) : 2
        answer(node, wait) {
            self.later(writing.random.draw(1...30)) {
                let (before, number) = self.change(writing, at: 0)
                if let before {
                    // Nobody can know it before it is announced.
                    self.history.end(before, at: .max / 2, byRemoval: writing.removes)
                }
                self.answer(node, writing.random.draw(1...30)) {
                    self.later(writing.random.draw(1...3)) {
                        if self.missing != .secondAnnouncement {
                            self.append(writing.announcement, node)
                        }
                        if let before { self.history.announceEnd(of: before, at: self.moment) }
                        let last = self.missing == .secondAnnouncement ? first : self.log.position
                        self.answer(node, 2) {
                            let keeps = self.missing == .oneStep
                            self.acknowledge(node, writing, number, last, isOneStep: keeps)
                        }
                    }
                }
            }
        }
    }

    private func change(_ writing: Writing, at sequence: UInt64) -> (before: Int?, number: Int) {
        let number = history.nextNumber()
        let value = writing.removes ? nil : number
        let before = store.change(writing.key, to: value, state: number, at: sequence)
        noteServer("key\(writing.key) is \(text(value)) now")
        tellWatches(of: writing.key)
        return (before.value, number)
    }

    private func acknowledge(
        _ node: FleetNode,
        _ writing: Writing,
        _ number: Int,
        _ position: LogPosition,
        isOneStep: Bool
    ) {
        node.seen[writing.key].append(number)
        guard missing != .ownChange else { return }
        node.touches[writing.key] += 1
        let name = Keys.all.names[writing.key]
        let entry = node.entry(number, sequence: position.sequence, asOf: position)
        let isKept = isOneStep && !writing.removes
        let token = missing == .writeToken ? node.tier.writeToken() : writing.token
        note(node, "has \(writing.removes ? "removed" : "written") key\(writing.key)")
        _ = node.tier.acknowledge(
            writing.announcement,
            at: position,
            isKept ? [(name, entry)] : [],
            token
        )
        checkSize(node)
    }

    /// A foreign program writes, and tells nobody.
    func writeForeign(_ key: Int) {
        let number = history.nextNumber()
        let before = store.change(key, to: number, state: number, at: log.position.sequence)
        if let before = before.value { history.end(before, at: moment) }
        tellWatches(of: key)
    }

    /// A worker of a later version writes, and tells in words that nobody here understands.
    func writeUnknown(_ key: Int) {
        let number = history.nextNumber()
        let sequence = regime.isSplit ? 0 : log.position.sequence + 1
        let before = store.change(key, to: number, state: number, at: sequence)
        if let before = before.value { history.end(before, at: moment) }
        tellWatches(of: key)
        troubles.unknownVersion = moment
        publish(log.appendUnknown())
    }

    private func append(_ announcement: Announcement, _ node: FleetNode) {
        publish(log.append(announcement, by: node.name))
        if let first = log.firstSequence, first > 1 { troubles.trimming = moment }
    }

    // MARK: Looking

    /// A copy was served.
    private func check(_ node: FleetNode, _ key: Int, _ copy: Int) {
        let age = history.age(of: copy, at: moment)
        let newest = node.seen[key].last { !history.isUndone($0) }
        let isBehind = newest.map { $0 > copy } ?? false
        if let age, history.wasRemoved(copy), age > regime.bound || (isBehind && age >= 0) {
            return violate(.removal, node, "serves \(copy) of key\(key), removed \(age) ms ago")
        }
        if let age, age > regime.bound {
            return violate(.bound, node, "serves \(copy) of key\(key), true \(age) ms ago")
        }
        if let newest, isBehind {
            violate(.order, node, "serves \(copy) of key\(key) and has seen \(newest)")
        }
    }

    private func checkSize(_ node: FleetNode) {
        let storage = node.tier.storage
        if storage.byteCount > FleetNode.maxBytes || storage.count >= Self.keyCount {
            violate(.size, node, "holds \(storage.count) entries of \(storage.byteCount) bytes")
        }
    }
}

private func text(_ value: Int?) -> String { value.map(String.init) ?? "nothing" }

extension SeededGenerator {
    /// One answer in a while is very late.
    fileprivate mutating func wait() -> Int { oneIn(15) ? draw(100...5_000) : draw(1...4) }

    fileprivate mutating func draw(_ range: ClosedRange<Int>) -> Int {
        .random(in: range, using: &self)
    }
}
