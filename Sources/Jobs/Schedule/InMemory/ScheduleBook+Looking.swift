import Telemetry

/// What a beat sees, and what it publishes over the broker.
extension ScheduleBook {
    mutating func look(_ glance: Glance, at now: WallTime) -> ScheduleSight {
        sightings[glance.node] = BeatSighting(
            node: glance.node,
            seenAt: now,
            skew: glance.skew
        )
        let isInstalled = held[glance.node] != nil
        if isInstalled { held[glance.node]?.seenAt = now }
        let (names, next) = due.due(at: now, limit: glance.limit)
        let times = names.compactMap { due[$0] }
        return ScheduleSight(
            now: now,
            version: version,
            isInstalled: isInstalled,
            due: names.compactMap { name in
                lines[name]
                    .map {
                        DueEntry(name: name, json: $0.json, revision: $0.revision, place: $0.place)
                    }
            },
            dueSince: times.first { $0.milliseconds > 0 },
            nextDue: next,
            outgoingCount: outgoing.count,
            outgoingSince: outgoing.values.map(\.since).min(),
            entryCount: lines.count
        )
    }

    mutating func postpone(_ names: [String], until time: WallTime, at now: WallTime) {
        for name in names {
            guard let at = due[name], at <= now else { continue }
            due.set(name, to: time)
        }
    }

    mutating func takeOutgoing(
        limit: Int,
        until freeAt: WallTime,
        at now: WallTime
    ) -> [OutgoingEvent] {
        let free = outgoing.filter { $0.value.freeAt <= now }
            .sorted { ($0.value.freeAt, $0.key) < ($1.value.freeAt, $1.key) }
        return free.prefix(limit)
            .map { id, item in
                outgoing[id]?.freeAt = freeAt
                return OutgoingEvent(id: id, event: item.event.encoded())
            }
    }

    mutating func giveBackOutgoing(_ ids: [String]) {
        for id in ids { outgoing[id]?.freeAt = WallTime(milliseconds: 0) }
    }

    /// The processes that have looked lately.
    func beats(at now: WallTime) -> [BeatSighting] {
        sightings.values.filter { $0.seenAt.duration(to: now) <= BeatSighting.lifetime }
            .sorted { $0.node < $1.node }
    }
}
