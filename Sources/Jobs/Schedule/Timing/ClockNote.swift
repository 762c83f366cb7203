public import Codecs
public import Telemetry

/// What the clocks of a zone do around a firing, for people who look at its times.
public enum ClockNote: Sendable, Hashable {
    /// The clocks have just left out an hour, or what they left out, and the firing lies within as
    /// much time behind it.
    case behindGap(ClockChange)
    /// The clocks show this time twice, and it is the first time.
    case firstOfTwo(ClockChange)
    /// The clocks show this time twice, and it is the second time.
    case secondOfTwo(ClockChange)
    /// The clocks were put since the firing before.
    case changed(ClockChange)

    /// What there is to say about a firing; `last` is what went before it, another firing or the
    /// moment from which firings are looked for.
    public init?(_ firing: WallTime, after last: WallTime?, in zone: ZoneRules) {
        let instant = Int(firing.milliseconds).floored(by: 1_000)
        let period = zone.period(at: instant)
        let (back, forth) = (
            period.offset - period.offsetAfter, period.offset - period.offsetBefore
        )
        if let end = period.end, back > 0, instant >= end - back {
            self = .firstOfTwo(ClockChange(at: end, period.offset, period.offsetAfter))
            return
        }
        guard let start = period.start else { return nil }
        let change = ClockChange(at: start, period.offsetBefore, period.offset)
        if forth > 0, instant < start + forth {
            self = .behindGap(change)
        } else if forth < 0, instant < start - forth {
            self = .secondOfTwo(change)
        } else if let last, last < change.instant,
            zone.offset(at: Int(last.milliseconds).floored(by: 1_000)) != period.offset
        {
            self = .changed(change)
        } else {
            return nil
        }
    }

    /// The change that it is about.
    public var change: ClockChange {
        switch self {
        case .behindGap(let change), .firstOfTwo(let change), .secondOfTwo(let change),
            .changed(let change):
            change
        }
    }

    /// A word for programs.
    public var word: String {
        switch self {
        case .behindGap: "behind-gap"
        case .firstOfTwo: "first-of-two"
        case .secondOfTwo: "second-of-two"
        case .changed: "changed"
        }
    }

    /// A phrase for people.
    public var text: String {
        switch self {
        case .behindGap: "just after \(change.text)"
        case .firstOfTwo: "the first of two; \(change.text)"
        case .secondOfTwo: "the second of two; \(change.text)"
        case .changed: change.text
        }
    }
}

/// One time that the clocks of a zone are put.
public struct ClockChange: Sendable, Hashable {
    /// The first moment after it.
    public let instant: WallTime
    /// Local time minus UTC before it, in seconds.
    public let offsetBefore: Int
    /// Local time minus UTC from it on, in seconds.
    public let offsetAfter: Int

    init(at instant: Int, _ before: Int, _ after: Int) {
        self.instant = WallTime(milliseconds: Int64(instant) * 1_000)
        offsetBefore = before
        offsetAfter = after
    }

    /// A phrase: what the clocks show before it and from it on.
    var text: String {
        let before = instant.localText(offset: offsetBefore)
        let after = instant.localText(offset: offsetAfter)
        let isSameDay = before.prefix { $0 != " " } == after.prefix { $0 != " " }
        let shown = isSameDay ? String(after.drop { $0 != " " }.dropFirst()) : after
        let way = offsetAfter > offsetBefore ? "forward" : "back"
        return "clocks go \(way) from \(before) to \(shown)"
    }
}

extension WallTime {
    /// What clocks show that are so many seconds ahead of UTC: `2026-03-29 03:00:00`.
    public func localText(offset: Int) -> String {
        let local = WallTime(milliseconds: milliseconds + Int64(offset) * 1_000)
        return local.secondsText.dropLast().split(separator: "T").joined(separator: " ")
    }
}
