/// Reads one field of a cron expression: a list of values, ranges and steps.
struct CronFieldParser {
    private let kind: CronFieldKind
    /// In capitals.
    private let text: [Character]
    /// The column of the first character.
    private let column: Int
    private let spread: HashedSpread?
    private var index = 0
    private var field = CronField()

    init(_ text: Substring, _ kind: CronFieldKind, column: Int, spread: HashedSpread?) {
        self.kind = kind
        self.text = text.map { $0.isASCII ? Character($0.uppercased()) : $0 }
        self.column = column
        self.spread = spread
    }

    /// The field as a whole.
    mutating func parse() throws(TimingError) -> CronField {
        field.isWild =
            text.first == "*" || text.first == "?" || text.starts(with: ["H", "/"])
        repeat { try item() } while take(",")
        guard index == text.count else {
            throw fault("\"\(rest)\" does not belong here")
        }
        return field
    }

    // MARK: Items

    private mutating func item() throws(TimingError) {
        if take("*") { return add(kind.values, step: try step(of: kind.values)) }
        if kind.isDay, take("?") { return add(kind.values, step: 1) }
        if next == "H" { return try hashed() }
        if kind == .dayOfMonth, take("L") { return try beforeLast() }
        let low = try value()
        if kind == .dayOfMonth, take("W") { return field.workdays.insert(low) }
        if kind == .dayOfWeek, take("L") { return field.lastOfMonth.insert(low % 7) }
        var range = low...low
        if take("-") {
            let high = try value()
            // Backwards means over the end: 22-4 are the hours of a night.
            range = low...(high >= low ? high : high + kind.values.count)
        } else if next == "/" {
            range = low...max(low, kind.values.upperBound)
        }
        if kind == .dayOfWeek, take("#") {
            guard let week = number(1...5) else { throw fault("the week of a month is 1 to 5") }
            for day in range { field.nth.insert(day % 7 * 8 + week) }
            return
        }
        add(range, step: try step(of: range))
    }

    /// What follows an `L`: days before the last one, or `W`.
    private mutating func beforeLast() throws(TimingError) {
        var days = 0
        if take("-") {
            guard let number = number(1...30) else {
                throw fault("the days before the last one are 1 to 30")
            }
            days = number
        }
        if take("W") {
            field.workdaysFromLast.insert(days)
        } else {
            field.fromLast.insert(days)
        }
    }

    /// `H`, `H(0-29)`, `H/15` or `H(0-29)/10`.
    private mutating func hashed() throws(TimingError) {
        guard let spread else {
            throw fault("H is chosen by the name of the entry, and there is none")
        }
        index += 1
        var range = kind.hashed
        if take("(") {
            let low = try value()
            guard take("-") else { throw fault("H wants a range: H(0-29)") }
            let high = try value()
            guard high >= low, take(")") else {
                throw fault("H wants a range that does not go backwards: H(0-29)")
            }
            range = low...high
        }
        let isStepped = next == "/"
        let step = try step(of: range)
        let number = spread.number(below: isStepped ? step : range.count, for: kind)
        let first = range.lowerBound + number
        add(first...(isStepped ? range.upperBound : first), step: step)
    }

    /// Adds numbers; what goes beyond the last one goes on at the first one.
    private mutating func add(_ range: ClosedRange<Int>, step: Int) {
        let (low, count) = (kind.values.lowerBound, kind.values.count)
        for number in stride(from: range.lowerBound, through: range.upperBound, by: step) {
            field.numbers.insert(low + (number - low) % count)
        }
    }

    // MARK: Pieces

    /// What stands behind a slash; 1 without one.
    private mutating func step(of range: ClosedRange<Int>) throws(TimingError) -> Int {
        guard take("/") else { return 1 }
        guard let step = number(1...range.count) else {
            throw fault("the step is 1 to \(range.count), as many as there are values")
        }
        return step
    }

    private mutating func value() throws(TimingError) -> Int {
        if next?.isLetter == true {
            let word = text[index...].prefix { $0.isLetter }
            // The L of FRIL is no part of the name.
            for length in [word.count, word.count - 1] {
                if let number = kind.number(named: String(word.prefix(length))) {
                    index += length
                    return number
                }
            }
        }
        if let number = number(kind.range) { return number }
        let bad = text[index...].prefix { $0.isLetter || $0.isNumber }
        throw fault(bad.isEmpty ? "a value is missing" : "\"\(String(bad))\" is none")
    }

    /// The digits that stand here; nil, and nothing is taken, when they are no such number.
    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = text[index...].prefix { $0.isASCII && $0.isNumber }
        guard (1...4).contains(digits.count), let number = Int(String(digits)),
            range.contains(number)
        else { return nil }
        index += digits.count
        return number
    }

    private var next: Character? { index < text.count ? text[index] : nil }
    private var rest: String { String(text[index...]) }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character else { return false }
        index += 1
        return true
    }

    /// A fault where the reader stands.
    private func fault(_ problem: String) -> TimingError {
        TimingError(kind.name, column: column + index, "\(problem); \(kind.allowed)")
    }
}
