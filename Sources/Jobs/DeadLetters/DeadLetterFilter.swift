/// Which dead letters are meant: those for which everything holds that is asked for.
public struct DeadLetterFilter: Sendable, Equatable {
    /// One of these kinds; none asks nothing.
    public var kinds: [JobKind] = []
    /// One of these reasons; none asks nothing.
    public var reasons: [String] = []
    /// Given up longer ago than this.
    public var olderThan: Duration?
    /// Given up less long ago than this.
    public var newerThan: Duration?

    /// A filter that lets everything pass.
    public init() {}

    /// Whether it lets everything pass.
    public var isEmpty: Bool { self == DeadLetterFilter() }

    /// Whether the letter is meant.
    ///
    /// A letter of unknown kind or age is none of those that a kind or an age asks for.
    public func matches(_ letter: DeadLetter, at now: WallTime) -> Bool {
        if !kinds.isEmpty {
            guard let kind = letter.kind, kinds.contains(kind) else { return false }
        }
        if !reasons.isEmpty, !reasons.contains(letter.failure.reason) { return false }
        if olderThan == nil, newerThan == nil { return true }
        guard let age = letter.age(at: now) else { return false }
        return olderThan.map { age > $0 } != false && newerThan.map { age < $0 } != false
    }
}
