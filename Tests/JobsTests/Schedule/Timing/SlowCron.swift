import Codecs

@testable import Jobs

/// Looks at every minute, or second, of a span whether an expression means it.
///
/// It shares nothing with the search but the offsets of zones, which are compared with those of the
/// system elsewhere: days come from a calendar counted off one by one.
struct SlowCron {
    let cron: WrittenCron
    let zone: ZoneRules
    let rules: Timetable.Rules

    private struct Piece {
        var start: Int
        var end: Int
        var offset: Int
    }

    /// The firings from the start of a span to before its end.
    func firings(in span: Range<Int>) -> [Int] {
        let pieces = pieces(around: span)
        let isCoarse = !cron.hasSeconds && pieces.allSatisfy { $0.offset % 60 == 0 }
        let step = isCoarse ? 60 : 1
        var found: Set<Int> = []
        for (before, piece) in zip(pieces, pieces.dropFirst()) where piece.offset > before.offset {
            found.formUnion(leftOut(from: before, to: piece, step: step))
        }
        for piece in pieces {
            let start = max(piece.start, span.lowerBound)
            let aligned = isCoarse ? start + (60 - start % 60) % 60 : start
            for instant in stride(from: aligned, to: min(piece.end, span.upperBound), by: step)
            where matches(local: instant + piece.offset) && runs(instant, piece, among: pieces) {
                found.insert(instant)
            }
        }
        return found.filter(span.contains).sorted()
    }

    /// What becomes of the local times that nobody's clock has shown.
    private func leftOut(from before: Piece, to piece: Piece, step: Int) -> [Int] {
        var gap = rules.clockChanges.gap
        if gap == .cronie { gap = cron.isFrequent ? .skip : .transition }
        let times = stride(
            from: piece.start + before.offset,
            to: piece.start + piece.offset,
            by: step
        )
        return times.filter(matches)
            .compactMap { time in
                switch gap {
                case .shift: time - before.offset
                case .transition: piece.start
                case .skip, .cronie: nil
                }
            }
    }

    /// Whether a local time counts this time, if it comes twice.
    private func runs(_ instant: Int, _ piece: Piece, among pieces: [Piece]) -> Bool {
        let others = pieces.filter { other in
            let same = instant + piece.offset - other.offset
            return same != instant && other.start <= same && same < other.end
        }
        guard let other = others.first else { return true }
        let isFirst = instant < instant + piece.offset - other.offset
        switch rules.clockChanges.overlap {
        case .cronie: return isFirst || cron.isFrequent
        case .first: return isFirst
        case .second: return !isFirst
        case .twice: return true
        }
    }

    private func matches(local time: Int) -> Bool {
        cron.matches(secondOfDay: time % 86_400)
            && cron.matches(Self.calendar[time / 86_400], rules.days)
    }

    // MARK: Offsets

    /// Spans of equal offset, found by trying.
    private func pieces(around span: Range<Int>) -> [Piece] {
        let (low, high) = (span.lowerBound - 172_800, span.upperBound + 172_800)
        var pieces = [Piece(start: low, end: high, offset: zone.offset(at: low))]
        for instant in stride(from: low, to: high, by: 3_600) {
            let (offset, last) = (zone.offset(at: instant), pieces.count - 1)
            guard offset != pieces[last].offset else { continue }
            let start = firstInstant(of: offset, through: instant)
            pieces[last].end = start
            pieces.append(Piece(start: start, end: high, offset: offset))
        }
        return pieces
    }

    private func firstInstant(of offset: Int, through instant: Int) -> Int {
        var start = instant
        while zone.offset(at: start - 1) == offset { start -= 1 }
        return start
    }

    // MARK: Days

    /// All days from the first one of 1970 on, counted off.
    private static let calendar: [WrittenCron.Day] = {
        var days: [WrittenCron.Day] = []
        var weekday = 4
        for year in 1970...2101 {
            let isLeap = year % 4 == 0 && year != 2100
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (index, length) in lengths.enumerated() {
                for number in 1...length {
                    days.append(
                        WrittenCron.Day(
                            month: index + 1,
                            number: number,
                            length: length,
                            weekday: weekday
                        )
                    )
                    weekday = (weekday + 1) % 7
                }
            }
        }
        return days
    }()

    /// The first day from a day of 1970 on that is meant, where there is one.
    func firstDay(from day: Int) -> Int? {
        Self.calendar.indices.dropFirst(day)
            .first { cron.matches(Self.calendar[$0], rules.days) }
    }
}
