import Telemetry

/// What defines, pauses and removes entries.
extension ScheduleBook {
    mutating func set(
        _ entry: ScheduleEntry,
        at now: WallTime
    ) throws(ScheduleError) -> ScheduleChange {
        if let line = lines[entry.name], line.origin != .dynamic {
            throw .notDynamic(entry.name)
        }
        begin()
        return define(entry, .dynamic, beginningAt: now, at: now)
    }

    mutating func delete(_ name: String, at now: WallTime) throws(ScheduleError) {
        guard try line(named: name).origin == .dynamic else { throw .notDynamic(name) }
        remove(name, at: now)
    }

    mutating func pause(
        _ name: String,
        _ pause: ScheduleRecord.Pause
    ) throws(ScheduleError) {
        var line = try line(named: name)
        guard line.pause == nil else { return }
        line.pause = pause
        put(line)
        change()
    }

    mutating func resume(_ name: String, at now: WallTime) throws(ScheduleError) {
        var line = try line(named: name)
        guard line.pause != nil else { return }
        line.pause = nil
        line.place = max(line.place, now)
        line.next = .unknown
        put(line)
        change()
    }

    mutating func install(_ installation: Installation, at now: WallTime) -> InstallReceipt {
        let number = installation.number ?? lastFileNumber + 1
        lastFileNumber = max(lastFileNumber, number)
        begin()
        let names = installation.entries.map(\.entry.name)
        held[installation.node] = (Set(names), now)
        var takenOver: [String] = []
        for installed in installation.entries {
            let name = installed.entry.name
            if let line = lines[name] {
                guard line.origin == .dynamic || line.fileNumber <= number else { continue }
                if line.origin == .dynamic { takenOver.append(name) }
            }
            _ = define(
                installed.entry,
                installed.isBuiltin ? .builtin : .file,
                beginningAt: installation.seenUntil ?? now,
                at: now
            )
            lines[name]?.fileNumber = number
        }
        let removed = sweep(at: now)
        return InstallReceipt(
            number: number,
            version: version ?? ScheduleVersion(life: "", number: 0),
            takenOver: takenOver,
            removed: removed
        )
    }

    /// Removes what only processes had that live no more.
    private mutating func sweep(at now: WallTime) -> [String] {
        held = held.filter { $0.value.seenAt.duration(to: now) <= BeatSighting.lifetime }
        let names = held.values.reduce(into: Set()) { $0.formUnion($1.names) }
        let removed = lines.values.filter { $0.origin != .dynamic && !names.contains($0.name) }
            .map(\.name).sorted()
        for name in removed { remove(name, at: now) }
        return removed
    }

    private mutating func define(
        _ entry: ScheduleEntry,
        _ origin: ScheduleRecord.Origin,
        beginningAt beginning: WallTime,
        at now: WallTime
    ) -> ScheduleChange {
        let json = entry.json
        graves = graves.filter { $0.value.until > now }
        guard var line = lines[entry.name] else {
            let grave = graves.removeValue(forKey: entry.name)
            put(
                ScheduleLine(
                    name: entry.name,
                    json: json,
                    timingKey: entry.timingKey,
                    isEnabled: entry.isEnabled,
                    origin: origin,
                    place: grave.map { max($0.place, beginning) } ?? beginning
                )
            )
            change()
            return .created
        }
        line.origin = origin
        let isChanged = line.json != json
        if line.timingKey != entry.timingKey {
            line.place = max(line.place, now)
            line.next = .unknown
        }
        line.json = json
        line.timingKey = entry.timingKey
        line.isEnabled = entry.isEnabled
        put(line)
        if isChanged { change() }
        return isChanged ? .changed : .unchanged
    }

    private mutating func remove(_ name: String, at now: WallTime) {
        guard let line = lines.removeValue(forKey: name) else { return }
        graves[name] = (line.place, now + Self.graveLife)
        due.set(name, to: nil)
        change()
    }

    /// Gives the schedule a life if it has none.
    private mutating func begin() {
        guard version == nil else { return }
        version = ScheduleVersion(life: String(UInt64.random(in: .min ... .max)), number: 0)
    }

    private mutating func change() { version?.number += 1 }
}

extension ScheduleEntry {
    /// What its times depend on: where this changes, its place is of no use.
    public var timingKey: String {
        var key: [UInt8] = []
        timing.append(to: &key)
        let range = "\(start?.text ?? "") \(end?.text ?? "")"
        return "\(String(decoding: key, as: UTF8.self)) \(range) \(isEnabled)"
    }
}
