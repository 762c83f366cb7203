/// A step with the type of its answer: what a caller puts together for one round trip.
///
/// ```swift
/// let (fields, chain) = try await cache.run(.fields("a:session:1"), .elements("a:chain:1"))
/// ```
public struct StructureRequest<Answer: Sendable>: Sendable {
    let step: StructureStep
    let read: @Sendable (StructureAnswer) -> Answer?

    init(_ step: StructureStep, _ read: @escaping @Sendable (StructureAnswer) -> Answer?) {
        self.step = step
        self.read = read
    }

    /// The answer of a store, which must be of the kind that belongs to the step.
    func answer(from answer: StructureAnswer) throws(StoreError) -> Answer {
        guard let value = read(answer) else {
            throw StoreError(.invalid, "the store answered \(answer) to a step of another kind")
        }
        return value
    }

    /// The same step, with another form of its answer.
    public func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Answer) -> Other
    ) -> StructureRequest<Other> {
        StructureRequest<Other>(step) { [read] answer in read(answer).map(transform) }
    }
}

extension StructureRequest where Answer == [UInt8]? {
    /// The value of a string.
    public static func value(_ key: String) -> Self {
        Self(.value(key: key)) { if case .bytes(let bytes) = $0 { .some(bytes) } else { nil } }
    }
}

extension StructureRequest where Answer == [StructureField] {
    /// All fields of a hash.
    public static func fields(_ key: String) -> Self {
        Self(.fields(key: key)) { if case .fields(let fields) = $0 { fields } else { nil } }
    }
}

extension StructureRequest where Answer == [[UInt8]] {
    /// All elements of a list, oldest first.
    public static func elements(_ key: String) -> Self {
        Self(.elements(key: key)) { if case .elements(let list) = $0 { list } else { nil } }
    }

    /// The members of an index that have not expired.
    public static func members(_ key: String) -> Self {
        Self(.members(key: key)) { if case .elements(let list) = $0 { list } else { nil } }
    }
}

extension StructureRequest where Answer == Int {
    private init(number step: StructureStep) {
        self.init(step) { if case .number(let number) = $0 { number } else { nil } }
    }

    /// Adds to a whole number, and answers with the sum.
    public static func add(_ amount: Int, to key: String, timeToLive: Duration) -> Self {
        Self(number: .add(key: key, amount, timeToLive: timeToLive))
    }

    /// Appends to a list that keeps its last `limit` elements, and answers with its length.
    public static func append(
        _ element: [UInt8],
        to key: String,
        limit: Int,
        timeToLive: Duration
    ) -> Self {
        Self(number: .append(key: key, element, limit: limit, timeToLive: timeToLive))
    }

    /// How many marks a window has.
    public static func markCount(_ key: String, window: Duration) -> Self {
        Self(number: .markCount(key: key, window: window))
    }
}

extension StructureRequest where Answer == Bool {
    private init(whether step: StructureStep) {
        self.init(step) { if case .number(let number) = $0 { number != 0 } else { nil } }
    }

    /// Whether the key holds anything.
    public static func exists(_ key: String) -> Self { Self(whether: .exists(key: key)) }

    /// Gives what is there another time to live, and says whether anything is.
    public static func expire(_ key: String, timeToLive: Duration) -> Self {
        Self(whether: .expire(key: key, timeToLive: timeToLive))
    }

    /// Removes whatever the key holds, and says whether there was anything.
    public static func remove(_ key: String) -> Self { Self(whether: .remove(key: key)) }
}

extension StructureRequest where Answer == Void {
    private init(doing step: StructureStep) {
        self.init(step) { if case .done = $0 { () } else { nil } }
    }

    /// Replaces whatever the key holds by a string.
    public static func setValue(
        _ bytes: [UInt8],
        forKey key: String,
        timeToLive: Duration
    ) -> Self {
        Self(doing: .setValue(key: key, bytes, timeToLive: timeToLive))
    }

    /// Sets fields of a hash, after removing all others if it `replaces` them.
    public static func setFields(
        _ fields: [StructureField],
        of key: String,
        replaces: Bool,
        timeToLive: Duration
    ) -> Self {
        Self(doing: .setFields(key: key, fields, replaces: replaces, timeToLive: timeToLive))
    }

    /// Adds a member to an index.
    public static func addMember(
        _ member: String,
        to key: String,
        timeToLive: Duration
    ) -> Self {
        Self(doing: .addMember(key: key, member, timeToLive: timeToLive))
    }

    /// Takes members out of an index.
    public static func dropMembers(_ members: [String], from key: String) -> Self {
        Self(doing: .dropMembers(key: key, members))
    }
}

extension StructureRequest where Answer == KeyLifetime {
    /// How long the key has to live.
    public static func lifetime(_ key: String) -> Self {
        Self(.lifetime(key: key)) { if case .lifetime(let life) = $0 { life } else { nil } }
    }
}

extension StructureRequest where Answer == Admission {
    /// Adds a mark of this moment to a window, unless there are `limit` already.
    ///
    /// Others may look at it through windows as long as `timeToLive`, or as this one.
    public static func mark(
        _ key: String,
        window: Duration,
        limit: Int? = nil,
        timeToLive: Duration = .zero
    ) -> Self {
        let life = max(window, timeToLive)
        return Self(.mark(key: key, window: window, limit: limit, timeToLive: life)) {
            if case .admission(let admission) = $0 { admission } else { nil }
        }
    }
}
