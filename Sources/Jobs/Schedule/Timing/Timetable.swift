public import Codecs

/// When an entry of the schedule fires: whole seconds of the wall clock, for ever the same ones.
///
/// A value that depends on nothing but what it was made of, so that all processes that have the
/// same entry find the same instants.
public struct Timetable: Sendable, Hashable {
    /// How a text is to be understood.
    public struct Rules: Sendable, Hashable {
        /// What two restricted fields of days mean.
        public var days: DayRule
        /// What happens where clocks are put.
        public var clockChanges: ClockChangePolicy

        /// Vixie's rule for days and cronie's for clocks, unless given.
        public init(days: DayRule = .or, clockChanges: ClockChangePolicy = .cronie) {
            self.days = days
            self.clockChanges = clockChanges
        }
    }

    private enum Kind: Hashable {
        case cron(CronPattern)
        case every(EveryInterval)
        case once(Int)
    }

    /// Instants are looked for in the years 0 to 9999, which RFC 3339 can tell.
    private static let instants = -62_167_219_200...253_402_300_799
    /// So long after the last known change of a zone everything has happened that ever will.
    private static let cycle = (CivilDate.daysPerCycle + 366) * CivilDate.secondsPerDay

    /// As it was written.
    public let text: String
    /// The zone whose clocks a cron expression means.
    public let zone: ZoneRules
    private let kind: Kind
    private let clockChanges: ClockChangePolicy

    /// Reads a text: a cron expression of five fields, or of six with the second first; a name such
    /// as `@hourly`; `@every 90s`; `@at 2026-11-20T09:00:00Z`, or the timestamp alone.
    ///
    /// The zone is for cron expressions and their names only; intervals are elapsed time, and
    /// `anchor` is one of their firings. `name` is the entry's, which `H` goes by; without one `H`
    /// is an error.
    public init(
        _ text: String,
        zone: ZoneRules = .utc,
        rules: Rules = Rules(),
        name: String? = nil,
        anchor: WallTime = WallTime(milliseconds: 0)
    ) throws(TimingError) {
        self.text = text
        self.zone = zone
        clockChanges = rules.clockChanges
        let words = text.split { $0 == " " || $0 == "\t" }
        let spread = name.map { HashedSpread(name: $0) }
        switch (words.first?.lowercased(), words.count) {
        case ("@every", _):
            kind = .every(try Self.interval(words.dropFirst(), anchor: anchor))
        case ("@at", 2),
            (_, 1) where words.last?.first?.isNumber == true:
            kind = .once(try Self.instant(words.last ?? "", in: text))
        case (let name?, 1) where name.hasPrefix("@"):
            guard let expression = CronParser.expression(named: name) else {
                throw TimingError("\"\(name)\" is none of \(CronParser.allowedNames)")
            }
            kind = .cron(try CronParser.pattern(expression, days: rules.days, spread: spread))
        default:
            kind = .cron(try CronParser.pattern(text, days: rules.days, spread: spread))
        }
    }

    /// The first firing later than a moment; nil: never again.
    public func next(after moment: WallTime) -> WallTime? {
        let second = Int(moment.milliseconds).floored(by: 1_000)
        return nextWithSteps(after: second).instant.map(WallTime.init(second:))
    }

    /// The last firing earlier than a moment; nil: never before.
    public func previous(before moment: WallTime) -> WallTime? {
        let second = -(-Int(moment.milliseconds)).floored(by: 1_000)
        return previousWithSteps(before: second).instant.map(WallTime.init(second:))
    }

    // MARK: Seconds

    /// The same in seconds, and how many periods and months were looked at.
    func nextWithSteps(after second: Int) -> (instant: Int?, steps: Int) {
        let from = max(second, Self.instants.lowerBound - 1) + 1
        switch kind {
        case .once(let instant): return (instant >= from ? instant : nil, 0)
        case .every(let interval):
            let next = interval.last(through: from - 1) + interval.seconds
            return (next <= Self.instants.upperBound ? next : nil, 0)
        case .cron(let pattern):
            let known = max(from, zone.lastKnownChange ?? from)
            let limit = min(known + Self.cycle, Self.instants.upperBound)
            var search = FiringSearch(pattern, in: zone, clockChanges)
            let instant = search.first(from: from, through: limit)
            return (instant, search.steps)
        }
    }

    /// The same in seconds, and how many periods and months were looked at.
    func previousWithSteps(before second: Int) -> (instant: Int?, steps: Int) {
        let through = min(second, Self.instants.upperBound + 1) - 1
        switch kind {
        case .once(let instant): return (instant <= through ? instant : nil, 0)
        case .every(let interval):
            let last = interval.last(through: through)
            return (last >= Self.instants.lowerBound ? last : nil, 0)
        case .cron(let pattern):
            let known = min(through, zone.firstKnownChange ?? through)
            let limit = max(known - Self.cycle, Self.instants.lowerBound)
            var search = FiringSearch(pattern, in: zone, clockChanges)
            let instant = search.last(through: through, from: limit)
            return (instant, search.steps)
        }
    }

    // MARK: Reading

    private static func interval(
        _ words: ArraySlice<Substring>,
        anchor: WallTime
    ) throws(TimingError) -> EveryInterval {
        guard words.count == 1, let word = words.first,
            let seconds = EveryInterval.seconds(word)
        else {
            throw TimingError(
                "@every wants whole seconds from 1s to a century, as in @every 90s or 1h30m"
            )
        }
        let second = Int(anchor.milliseconds).floored(by: 1_000)
        return EveryInterval(seconds: seconds, anchor: second)
    }

    private static func instant(_ word: Substring, in text: String) throws(TimingError) -> Int {
        guard let moment = WallTime(String(word)), moment.milliseconds % 1_000 == 0 else {
            throw TimingError(
                column: text.distance(from: text.startIndex, to: word.startIndex) + 1,
                "\"\(word)\" is no whole second in RFC 3339, as 2026-11-20T09:00:00Z"
            )
        }
        return Int(moment.milliseconds) / 1_000
    }
}

extension WallTime {
    fileprivate init(second: Int) { self.init(milliseconds: Int64(second) * 1_000) }
}
