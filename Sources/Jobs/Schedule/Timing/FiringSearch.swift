import Codecs

/// Finds the firings of a pattern in a zone, period by period: within a period of equal offset
/// local time and elapsed time are the same, and what is special happens at its ends.
///
/// At the start of a period clocks were put: forward, and the pattern may mean times that were left
/// out, which the policy brings back as instants of this period; or back, and the first local times
/// of the period come for the second time. In the same way the last ones before clocks go back
/// come for the first time.
struct FiringSearch {
    private let pattern: CronPattern
    private let zone: ZoneRules
    private let policy: ClockChangePolicy
    /// Periods and months that were looked at so far.
    private(set) var steps = 0

    init(_ pattern: CronPattern, in zone: ZoneRules, _ policy: ClockChangePolicy) {
        self.pattern = pattern
        self.zone = zone
        self.policy = policy
    }

    /// The first firing from an instant to a limit.
    mutating func first(from instant: Int, through limit: Int) -> Int? {
        guard pattern.days.isPossible else { return nil }
        var from = instant
        while from <= limit {
            steps += 1
            let period = zone.period(at: from)
            if let firing = first(in: period, from: from, limit) { return firing }
            guard let end = period.end else { return nil }
            from = end
        }
        return nil
    }

    /// The last firing through an instant and not before a limit.
    mutating func last(through instant: Int, from limit: Int) -> Int? {
        guard pattern.days.isPossible else { return nil }
        var through = instant
        while through >= limit {
            steps += 1
            let period = zone.period(at: through)
            if let firing = last(in: period, through: through, limit) { return firing }
            guard let start = period.start else { return nil }
            through = start - 1
        }
        return nil
    }

    // MARK: One period

    private mutating func first(in period: ZonePeriod, from: Int, _ limit: Int) -> Int? {
        let window = window(of: period, from: from, through: limit)
        let plain = pattern.first(from: window.from, before: window.end, &steps)
        let late = gap(of: period)
            .flatMap { gap in
                switch rule(for: gap) {
                case .shift:
                    let start = max(from + period.offsetBefore, gap.lowerBound)
                    return pattern.first(from: start, before: gap.upperBound, &steps)
                        .map { $0 - period.offsetBefore }
                case .transition:
                    guard period.start == from else { return nil }
                    return pattern.first(from: gap.lowerBound, before: gap.upperBound, &steps)
                        .map { _ in from }
                case .skip, .cronie: return nil
                }
            }
        return [plain.map { $0 - period.offset }, late].compactMap(\.self)
            .filter { $0 <= limit }.min()
    }

    private mutating func last(in period: ZonePeriod, through: Int, _ limit: Int) -> Int? {
        let window = window(of: period, from: limit, through: through)
        let plain = pattern.last(through: window.end - 1, from: window.from, &steps)
        let late = gap(of: period)
            .flatMap { gap in
                switch rule(for: gap) {
                case .shift:
                    let end = min(through + period.offsetBefore, gap.upperBound - 1)
                    return pattern.last(through: end, from: gap.lowerBound, &steps)
                        .map { $0 - period.offsetBefore }
                case .transition:
                    return pattern.first(from: gap.lowerBound, before: gap.upperBound, &steps)
                        .flatMap { _ in period.start }
                case .skip, .cronie: return nil
                }
            }
        return [plain.map { $0 - period.offset }, late].compactMap(\.self)
            .filter { $0 >= limit }.max()
    }

    /// The local times of a period at which the pattern counts.
    private func window(
        of period: ZonePeriod,
        from: Int,
        through: Int
    ) -> (from: Int, end: Int) {
        var low = from + period.offset
        var end = through + 1 + period.offset
        if let start = period.start {
            let isSecondTime = period.offsetBefore > period.offset && !runsSecondTime
            low = max(low, start + (isSecondTime ? period.offsetBefore : period.offset))
        }
        if let next = period.end {
            let isFirstTime = period.offsetAfter < period.offset && !runsFirstTime
            end = min(end, next + (isFirstTime ? period.offsetAfter : period.offset))
        }
        return (low, end)
    }

    /// The local times that were left out when the period began, and that it has room for.
    private func gap(of period: ZonePeriod) -> Range<Int>? {
        guard let start = period.start, period.offset > period.offsetBefore else { return nil }
        let low = start + period.offsetBefore
        let room = period.end.map { $0 + period.offsetBefore } ?? .max
        return low..<min(start + period.offset, room)
    }

    // MARK: Policy

    private func rule(for gap: Range<Int>) -> ClockChangePolicy.Gap {
        guard policy.gap == .cronie else { return policy.gap }
        return pattern.isFrequent ? .skip : .transition
    }

    private var runsFirstTime: Bool { policy.overlap != .second }

    private var runsSecondTime: Bool {
        switch policy.overlap {
        case .cronie: pattern.isFrequent
        case .first: false
        case .second, .twice: true
        }
    }
}
