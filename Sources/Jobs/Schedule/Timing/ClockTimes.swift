import Codecs

/// The times of a day at which a timetable fires, all combinations of three sets; none is empty.
struct ClockTimes: Sendable, Hashable {
    var hours: NumberSet
    var minutes: NumberSet
    var seconds: NumberSet

    /// The first time not before a second of the day, as seconds after midnight.
    func first(from second: Int) -> Int? {
        let (hour, minute) = (second / 3_600, second / 60 % 60)
        if hours.contains(hour) {
            if minutes.contains(minute), let match = seconds.first(from: second % 60) {
                return time(hour, minute, match)
            }
            if minute < 59, let match = minutes.first(from: minute + 1) {
                return time(hour, match, seconds.first)
            }
        }
        guard hour < 23, let match = hours.first(from: hour + 1) else { return nil }
        return time(match, minutes.first, seconds.first)
    }

    /// The last time not after a second of the day.
    func last(through second: Int) -> Int? {
        let (hour, minute) = (second / 3_600, second / 60 % 60)
        if hours.contains(hour) {
            if minutes.contains(minute), let match = seconds.last(through: second % 60) {
                return time(hour, minute, match)
            }
            if minute > 0, let match = minutes.last(through: minute - 1) {
                return time(hour, match, seconds.last)
            }
        }
        guard hour > 0, let match = hours.last(through: hour - 1) else { return nil }
        return time(match, minutes.last, seconds.last)
    }

    private func time(_ hour: Int, _ minute: Int?, _ second: Int?) -> Int? {
        guard let minute, let second else { return nil }
        return (hour * 60 + minute) * 60 + second
    }
}
