/// What the store had for each key, and when, as far as looking at it again and again can tell.
///
/// Every value is written once, so a value that two looks see was there in between. A look takes
/// from its question to its answer; a value was there at its last look's question at least, and
/// gone by the answer of the next look that saw another one. Between the two nobody knows.
/// A break (another server, one that was started again) ends what was there: what a look finds
/// behind it counts as having come about anew, even if it is the same.
struct Truth {
    /// A time without a break in which a value was seen.
    struct Span: Equatable {
        /// It was there from here on at the latest, for whoever has read it.
        var first: UInt64
        /// It was still there.
        var last: UInt64
        /// It was gone; nil while the last look has seen it.
        var goneBy: UInt64?
        /// Between which breaks, and in which looks; nil when no look has seen it.
        let life: Int
        let firstLook: Int?
        var lastLook: Int
    }

    /// How old a copy was when it was read.
    struct Age: Equatable {
        /// At least so old.
        let least: UInt64
        /// At most so old.
        let most: UInt64

        static let none = Age(least: 0, most: 0)
    }

    private(set) var life = 0
    /// The question of the last look that was answered.
    private(set) var lastLook: UInt64 = 0
    private var lastAnswer: UInt64 = 0
    /// What the last look has seen, by key; nil for no value.
    private(set) var current: [UInt64?]
    /// A value that went without another one in its place, while the server was evicting.
    private var evicted: [UInt64?]
    private var lookCount = 0
    /// When each life but the first began.
    private var breaks: [UInt64] = []
    private var brokenAt: UInt64?
    private var spans: [UInt64: [Span]] = [:]
    private var written: [UInt64: UInt64] = [:]
    /// While it is set, a value that is gone was evicted and is still the last one written.
    var isEvicting = false

    init(keyCount: Int) {
        current = Array(repeating: nil, count: keyCount)
        evicted = Array(repeating: nil, count: keyCount)
    }

    /// A value is about to be written.
    mutating func wrote(_ value: UInt64, at time: UInt64) { written[value] = time }

    /// The server was not there, or is about to be another one.
    mutating func broke(at time: UInt64) { brokenAt = brokenAt ?? time }

    /// A look that asked at `asked` was answered at `answered`.
    mutating func saw(_ values: [UInt64?], asked: UInt64, answered: UInt64) {
        lookCount += 1
        let end = brokenAt ?? answered
        if let brokenAt {
            life += 1
            breaks.append(brokenAt)
        }
        for key in values.indices {
            let (old, new) = (current[key], kept(values[key], key))
            if let old, old == new, brokenAt == nil {
                extend(old, to: asked)
            } else {
                if let old { close(old, at: end) }
                if let new { open(new, asked) }
            }
            current[key] = new
        }
        brokenAt = nil
        lastLook = asked
        lastAnswer = answered
    }

    /// What counts as the value of the key: an evicted one goes on.
    private mutating func kept(_ value: UInt64?, _ key: Int) -> UInt64? {
        if value != nil {
            evicted[key] = nil
        } else if isEvicting, evicted[key] == nil {
            evicted[key] = current[key]
        }
        return value ?? evicted[key]
    }

    private mutating func extend(_ value: UInt64, to time: UInt64) {
        guard let index = spans[value]?.indices.last else { return }
        spans[value]?[index].last = time
        spans[value]?[index].lastLook = lookCount
    }

    private mutating func close(_ value: UInt64, at time: UInt64) {
        guard let index = spans[value]?.indices.last else { return }
        spans[value]?[index].goneBy = time
    }

    private mutating func open(_ value: UInt64, _ asked: UInt64) {
        let first = brokenAt == nil ? lastLook : asked
        spans[value, default: []]
            .append(
                Span(
                    first: first,
                    last: asked,
                    goneBy: nil,
                    life: life,
                    firstLook: lookCount,
                    lastLook: lookCount
                )
            )
    }

    /// A value was read between two moments, and if no look has seen it, it came and went between
    /// two looks; what the store itself has answered, it had since the last break.
    ///
    /// The last look must have asked after that.
    mutating func mention(_ value: UInt64, from start: UInt64, to end: UInt64, isAnswer: Bool) {
        let known = spans[value]?.last
        let life = breaks.count { $0 <= (isAnswer ? start : end) }
        guard known == nil || (isAnswer && known.map { $0.life < life } == true) else { return }
        spans[value, default: []]
            .append(
                Span(
                    first: known == nil ? 0 : start,
                    last: max(written[value] ?? 0, isAnswer ? start : 0),
                    goneBy: lastAnswer,
                    life: life,
                    firstLook: nil,
                    lastLook: lookCount
                )
            )
    }

    /// How long the value had not been what the store has, when it was read at `time`.
    ///
    /// The last look must have asked after that.
    func age(of value: UInt64, at time: UInt64) -> Age {
        guard let span = spans[value]?.last(where: { $0.first <= time }) else {
            let written = written[value] ?? 0
            return Age(least: 0, most: time > written ? time - written : 0)
        }
        guard time > span.last, let goneBy = span.goneBy else { return .none }
        return Age(least: time > goneBy ? time - goneBy : 0, most: time - span.last)
    }

    /// When the value was gone for good, if it is; nil for one that the last look has seen.
    func end(of value: UInt64) -> UInt64? { spans[value]?.last?.goneBy }

    /// Whether a look, or more than one, has seen the one gone and the other come, in one life.
    func isBefore(_ old: UInt64, _ new: UInt64) -> Bool {
        guard let old = spans[old]?.last, let new = spans[new]?.first,
            let firstLook = new.firstLook
        else { return false }
        return old.life < new.life || (old.life == new.life && old.lastLook < firstLook)
    }

    /// Whether both were last there in the same life.
    func areOfOneLife(_ one: UInt64, _ other: UInt64) -> Bool {
        guard let one = spans[one]?.last, let other = spans[other]?.last else { return false }
        return one.life == other.life
    }
}
