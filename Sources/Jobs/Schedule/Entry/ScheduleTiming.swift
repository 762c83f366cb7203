import Codecs

/// The times of an entry, without its beginning and end.
public struct ScheduleTiming: Sendable, Equatable {
    /// What names the times.
    public enum Rule: Sendable, Equatable {
        /// Again and again in this distance, counted from the beginning of 1970.
        case every(Duration)
        /// Once.
        case at(WallTime)
    }

    /// What names the times.
    public let rule: Rule

    /// The shortest distance between two firings.
    public static let minInterval = Duration.seconds(1)

    /// Times in this distance, at least a second, counted from the beginning of 1970.
    public static func every(_ interval: Duration) -> ScheduleTiming {
        ScheduleTiming(rule: .every(max(interval, minInterval)))
    }

    /// One time.
    public static func at(_ instant: WallTime) -> ScheduleTiming {
        ScheduleTiming(rule: .at(instant))
    }

    /// The first instant later than `instant`; nil when there is none.
    public func next(after instant: WallTime) -> WallTime? {
        switch rule {
        case .every(let interval):
            let step = interval.wholeMilliseconds
            let count = instant.milliseconds.floored(by: step) + 1
            return WallTime(milliseconds: count * step)
        case .at(let only): return only > instant ? only : nil
        }
    }

    /// The last instant earlier than `instant`; nil when there is none.
    public func previous(before instant: WallTime) -> WallTime? {
        switch rule {
        case .every(let interval):
            let step = interval.wholeMilliseconds
            return WallTime(milliseconds: (instant.milliseconds - 1).floored(by: step) * step)
        case .at(let only): return only < instant ? only : nil
        }
    }
}

extension ScheduleTiming {
    static let memberNames = ["every", "at"]

    init(_ members: EntryMembers) throws(ScheduleEntryError) {
        let rules = members.present(["every", "at"])
        guard rules.count == 1 else {
            let first = members.path(of: "every")
            throw ScheduleEntryError(
                path: first,
                message: rules.isEmpty
                    ? "\(first) or \(members.path(of: "at")) is required"
                    : "\(members.path(of: rules[0])) excludes \(members.path(of: rules[1]))"
            )
        }
        if let interval = try members.optional("every", members.seconds) {
            guard interval >= Self.minInterval else {
                throw .schema(members.path(of: "every"), must: "at least 1 second")
            }
            self = .every(interval)
        } else {
            self = .at(try members.required("at", members.moment))
        }
    }

    /// Appends the members behind others.
    func append(to json: inout [UInt8]) {
        switch rule {
        case .every(let interval): json.append("every", raw: TimeToLive.seconds(interval))
        case .at(let instant): json.append("at", text: instant.text)
        }
    }
}

extension ScheduleEntry {
    /// The first instant later than `instant`, between beginning and end; nil when there is none.
    public func next(after instant: WallTime) -> WallTime? {
        let from = start.map { max(instant, $0.before) } ?? instant
        guard let next = timing.next(after: from) else { return nil }
        return end.map { next <= $0 } ?? true ? next : nil
    }

    /// The last instant earlier than `instant`, between beginning and end; nil when there is none.
    public func previous(before instant: WallTime) -> WallTime? {
        let until = end.map { min(instant, $0 + .milliseconds(1)) } ?? instant
        guard let previous = timing.previous(before: until) else { return nil }
        return start.map { previous >= $0 } ?? true ? previous : nil
    }
}

extension WallTime {
    /// A millisecond earlier.
    var before: WallTime { WallTime(milliseconds: milliseconds - 1) }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}

extension Int64 {
    /// The quotient, rounded down.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
