import Codecs

/// A cron expression, ready to be asked: it knows days and times, but nothing of zones.
///
/// Times are seconds of a clock that is never put, counted from the beginning of 1970.
struct CronPattern: Sendable, Hashable {
    var days: CronDays
    var times: ClockTimes
    /// Whether the minute or the hour begins with a star: such an entry runs by elapsed time, a
    /// fixed one by the clock on the wall.
    var isFrequent: Bool

    /// The first match from `time` on and before `end`; `steps` counts the months looked at.
    func first(from time: Int, before end: Int, _ steps: inout Int) -> Int? {
        guard time < end else { return nil }
        let day = time.floored(by: CivilDate.secondsPerDay)
        let midnight = day * CivilDate.secondsPerDay
        let lastDay = (end - 1).floored(by: CivilDate.secondsPerDay)
        var match: Int?
        if days.first(from: day, through: day, &steps) != nil,
            let second = times.first(from: time - midnight)
        {
            match = midnight + second
        } else if let next = days.first(from: day + 1, through: lastDay, &steps),
            let second = times.first(from: 0)
        {
            match = next * CivilDate.secondsPerDay + second
        }
        return match.flatMap { $0 < end ? $0 : nil }
    }

    /// The last match through `time` and not before `start`.
    func last(through time: Int, from start: Int, _ steps: inout Int) -> Int? {
        guard time >= start else { return nil }
        let day = time.floored(by: CivilDate.secondsPerDay)
        let midnight = day * CivilDate.secondsPerDay
        let firstDay = start.floored(by: CivilDate.secondsPerDay)
        var match: Int?
        if days.last(through: day, from: day, &steps) != nil,
            let second = times.last(through: time - midnight)
        {
            match = midnight + second
        } else if let next = days.last(through: day - 1, from: firstDay, &steps),
            let second = times.last(through: CivilDate.secondsPerDay - 1)
        {
            match = next * CivilDate.secondsPerDay + second
        }
        return match.flatMap { $0 >= start ? $0 : nil }
    }
}
