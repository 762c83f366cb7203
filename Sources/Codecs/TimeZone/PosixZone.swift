/// The rule of a POSIX `TZ` string: a standard offset and, where there is one, the part of each
/// year with another.
struct PosixZone: Sendable, Hashable {
    /// A day of each year.
    enum Day: Sendable, Hashable {
        /// From 1 to 365; the leap day is never counted.
        case julian(Int)
        /// From 0 to 365; the leap day is counted.
        case ordinal(Int)
        /// The n-th such weekday of a month, 0 for Sunday; the fifth is the last one.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    /// A moment of each year, told by the clocks that are about to be put.
    struct Moment: Sendable, Hashable {
        var day: Day
        /// Seconds after midnight; may lie on another day.
        var time: Int
    }

    /// The part of each year with another offset.
    struct Summer: Sendable, Hashable {
        var offset: Int
        var start: Moment
        var end: Moment
    }

    /// Seconds east of UTC.
    var offset: Int
    /// Nil where clocks are never put.
    var summer: Summer?

    /// The offset at an instant.
    func offset(at instant: Int) -> Int {
        changes(around: instant).last { $0.at <= instant }?.offset ?? offset
    }

    /// The period at an instant that is not earlier than the start of `known`, after which this
    /// rule holds.
    func period(at instant: Int, following known: ZonePeriod) -> ZonePeriod {
        let all = changes(around: instant)
        var put = all[...]
        if let start = known.start { put = put.drop { $0.at <= start } }
        // Where the rule begins, clocks may show already what it says.
        if put.count < all.count { put = put.drop { $0.offset == known.offset } }
        let next = put.firstIndex { $0.at > instant } ?? put.endIndex
        let end = next < put.endIndex ? put[next] : nil
        guard next > put.startIndex else {
            return ZonePeriod(
                start: known.start,
                end: end?.at,
                offset: known.offset,
                before: known.offsetBefore,
                after: end?.offset ?? known.offset
            )
        }
        let start = put[next - 1]
        return ZonePeriod(
            start: start.at,
            end: end?.at,
            offset: start.offset,
            before: next - 1 > put.startIndex ? put[next - 2].offset : known.offset,
            after: end?.offset ?? start.offset
        )
    }

    /// The changes of the years around an instant, in their order.
    private func changes(around instant: Int) -> [ZoneChange] {
        guard let summer, summer.offset != offset else { return [] }
        let day = (instant + offset).floored(by: CivilDate.secondsPerDay)
        let year = CivilDate(daysSince1970: day).year
        var changes: [ZoneChange] = []
        // A moment may lie a week outside of its year.
        for year in (year - 2)...(year + 1) {
            let start = summer.start.seconds(in: year) - offset
            let end = summer.end.seconds(in: year) - summer.offset
            changes.append(ZoneChange(at: start, offset: summer.offset))
            changes.append(ZoneChange(at: end, offset: offset))
        }
        changes.sort { $0.at < $1.at }
        // Where summer ends at the moment it begins again, clocks are not put at all.
        return changes.indices
            .filter { index in
                !changes.indices.contains { $0 != index && changes[$0].at == changes[index].at }
            }
            .map { changes[$0] }
    }
}

extension PosixZone.Moment {
    /// Seconds since 1970 of the clock that is about to be put.
    func seconds(in year: Int) -> Int { day.number(in: year) * CivilDate.secondsPerDay + time }
}

extension PosixZone.Day {
    /// Days since 1970.
    func number(in year: Int) -> Int {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
        switch self {
        case .julian(let day):
            let isAfterLeapDay = day >= 60 && CivilDate.isLeap(year)
            return newYear + day - 1 + (isAfterLeapDay ? 1 : 0)
        case .ordinal(let day): return newYear + day
        case .weekday(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).daysSince1970
            let wait = (weekday - CivilDate.weekday(daysSince1970: first) + 7) % 7
            let length = CivilDate.length(ofMonth: month, in: year)
            let day = wait + 7 * (week - 1)
            return first + (day < length ? day : day - 7)
        }
    }
}
