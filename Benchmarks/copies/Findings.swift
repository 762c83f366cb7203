/// What the judge has found, and how he tells it.
struct Findings {
    private static let maxExamples = 20

    /// A read that should not have been.
    struct Example {
        let what: String
        let read: Record
        let age: Truth.Age
    }

    var reads = 0
    var localReads = 0
    /// Reads of a copy that the store no longer had, within the bound.
    var staleWithin = 0
    /// Surely past the bound.
    var stalePast = 0
    /// Past the bound or not: the moment of the change is not known well enough.
    var undecided = 0
    var behind = 0
    var finalReads = 0
    var staleAtEnd = 0
    /// The oldest that a copy surely was.
    var worst: UInt64 = 0
    var changes = 0
    var looks = 0
    var longestLook: UInt64 = 0
    var unreadable = 0
    private var examples: [Example] = []

    /// Keeps the first read of each wrong copy as an example.
    mutating func note(_ what: String, _ read: Record, _ age: Truth.Age) {
        let isKnown = examples.contains {
            $0.what == what && $0.read.slot == read.slot && $0.read.value == read.value
        }
        guard examples.count < Self.maxExamples, !isKnown else { return }
        examples.append(Example(what: what, read: read, age: age))
    }

    /// One line of JSON.
    func report(_ statistics: NodeStatistics) -> String {
        let figures: [(String, Int)] = [
            ("reads", reads), ("local", localReads), ("within", staleWithin),
            ("past", stalePast), ("undecided", undecided), ("behind", behind),
            ("final", finalReads), ("staleAtEnd", staleAtEnd), ("worst", Int(worst)),
            ("changes", changes), ("looks", looks), ("longestLook", Int(longestLook)),
            ("unreadable", unreadable), ("distrusts", statistics.distrusts),
            ("subscriptions", statistics.subscriptions), ("failures", statistics.failures),
        ]
        let texts = figures.map { "\"\($0)\":\($1)" }
        let list = examples.map { example in
            "{\"what\":\"\(example.what)\",\"slot\":\(example.read.slot),"
                + "\"key\":\(example.read.key),\"value\":\(example.read.value),"
                + "\"at\":\(example.read.start),\"least\":\(example.age.least),"
                + "\"most\":\(example.age.most)}"
        }
        return "{\(texts.joined(separator: ",")),\"examples\":[\(list.joined(separator: ","))]}"
    }
}

/// What all incarnations of all nodes have been through.
struct NodeStatistics {
    private var latest: [Int: Record] = [:]

    /// The numbers of one incarnation only rise.
    mutating func note(_ record: Record) {
        latest[record.slot << 16 | record.incarnation] = record
    }

    var distrusts: Int { latest.values.reduce(0) { $0 + Int($1.start) } }
    var subscriptions: Int { latest.values.reduce(0) { $0 + Int($1.end) } }
    var failures: Int { latest.values.reduce(0) { $0 + Int($1.value) } }
}
