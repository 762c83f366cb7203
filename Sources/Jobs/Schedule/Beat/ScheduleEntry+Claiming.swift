import Codecs
public import Telemetry

/// What an entry wants at a moment: a pure function of its definition, its place and the time.
extension ScheduleEntry {
    /// A firing that is no later than this is not late: catch-up rules do not touch it.
    public static let punctuality = Duration.seconds(10)
    /// So many instants one claim goes through; a longer way takes several.
    static let maxSteps = 10_000

    /// What to claim of an entry that is due, so that all instants up to `now` are seen to.
    ///
    /// - Throws: when the template gives no event, which its check at reading leaves no way to.
    public func claim(
        _ due: DueEntry,
        at now: WallTime
    ) throws(EventError) -> ScheduleClaim {
        let oldest = oldestFired(behind: due.place, at: now)
        var (place, missed) = (due.place, 0)
        var instants: [WallTime] = []
        var next = next(after: place)
        while let instant = next, instant <= now, instants.count + missed < Self.maxSteps {
            if instant < oldest { missed += 1 } else { instants.append(instant) }
            place = instant
            next = self.next(after: instant)
        }
        let firings = try instants.map { (instant) throws(EventError) in
            ScheduleClaim.Firing(
                instant: instant,
                cause: instant < now - Self.punctuality ? .caughtUp : .due,
                event: try firingEvent(at: instant)
            )
        }
        return ScheduleClaim(
            due,
            of: self,
            through: place,
            next: next,
            firings: firings,
            missed: missed
        )
    }

    /// What to claim of an entry that cannot give its event: all is missed.
    func claimWithoutEvents(_ due: DueEntry, at now: WallTime) -> ScheduleClaim {
        var silent = self
        silent.catchUp = .none
        var (place, missed) = (due.place, 0)
        var next = next(after: place)
        while let instant = next, instant <= now, missed < Self.maxSteps {
            missed += 1
            place = instant
            next = self.next(after: instant)
        }
        return ScheduleClaim(
            due,
            of: silent,
            through: place,
            next: next,
            firings: [],
            missed: missed
        )
    }

    /// The event of the firing at that instant, as it is published.
    func firingEvent(at instant: WallTime) throws(EventError) -> Event {
        var event = try event.event(for: FiringIdentity(entry: name, instant: instant))
        if jitter > .zero { event.notBefore = instant + spread(of: instant) }
        if overlap == .replace, let next = next(after: instant) {
            event.expiresAt = next + spread(of: next)
        }
        return event
    }

    /// The part of the jitter that an instant waits: the same for whoever fires it.
    private func spread(of instant: WallTime) -> Duration {
        guard jitter > .zero else { return .zero }
        var digest = Digest()
        digest.add(name.utf8)
        digest.add("\(instant.milliseconds)".utf8)
        let number = UInt64(digest.text, radix: 16) ?? 0
        return .milliseconds(Int64(number % UInt64(jitter.wholeMilliseconds)))
    }

    /// The first instant that is still fired; those before it are missed.
    private func oldestFired(behind place: WallTime, at now: WallTime) -> WallTime {
        let punctual = now - Self.punctuality
        switch catchUp {
        case .none: return punctual
        case .last: return min(punctual, previous(before: now.after) ?? punctual)
        case .all(let window, let cap):
            var oldest = now.after
            for _ in 0..<cap {
                guard let earlier = previous(before: oldest), earlier > place,
                    earlier >= now - window
                else { break }
                oldest = earlier
            }
            return min(punctual, oldest)
        }
    }
}

extension WallTime {
    fileprivate var after: WallTime { WallTime(milliseconds: milliseconds + 1) }

    fileprivate static func - (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds - duration.wholeMilliseconds)
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
