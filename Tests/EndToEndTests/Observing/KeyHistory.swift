import TestSupport

/// A random history of some keys as one producer tells it, and what each key must hold in the end.
struct KeyHistory {
    /// One event: which stream or routing key it belongs to, its type and data.
    struct Event {
        let kind: String
        let number: Int
        let data: String

        /// The event in JSON, with more attributes in front.
        func json(_ attributes: String = "") -> String {
            #"{"type":"cache.\#(kind)",\#(attributes)"data":\#(data)}"#
        }
    }

    static let keys = (0..<24).map { "n\($0 % 3):k\($0)" }

    private var random: SeededGenerator
    private var lastNumber = 0
    /// The numbers that the keys hold; nothing where they are gone.
    private(set) var expected: [String: String] = [:]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The next events, at least one.
    mutating func next(atMost limit: Int) -> [Event] {
        (0..<Int.random(in: 1...limit, using: &random)).map { _ in next() }
    }

    /// An event that writes the first key, or removes it.
    mutating func writeFirst() -> Event { write(Self.keys[0]) }
    mutating func removeFirst() -> Event { remove([Self.keys[0]]) }

    /// Some number below the limit, for what else happens.
    mutating func draw(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private mutating func next() -> Event {
        let key = Self.keys[draw(below: Self.keys.count)]
        switch draw(below: 20) {
        case 0: return remove(namespace: "n\(draw(below: 3))")
        case 1..<10: return remove([key, Self.keys[draw(below: Self.keys.count)]])
        default: return write(key)
        }
    }

    private mutating func write(_ key: String) -> Event {
        lastNumber += 1
        expected[key] = "\(lastNumber)"
        let entry = #"{"key":"\#(key)","value":\#(lastNumber),"ttl":600}"#
        return Event(kind: "warm", number: lastNumber, data: #"{"entries":[\#(entry)]}"#)
    }

    private mutating func remove(_ keys: [String]) -> Event {
        lastNumber += 1
        for key in keys { expected[key] = nil }
        let list = Set(keys).sorted().map { "\"\($0)\"" }.joined(separator: ",")
        return Event(kind: "invalidate", number: lastNumber, data: #"{"keys":[\#(list)]}"#)
    }

    private mutating func remove(namespace: String) -> Event {
        lastNumber += 1
        expected = expected.filter { !$0.key.hasPrefix("\(namespace):") }
        let data = #"{"namespaces":["\#(namespace)"]}"#
        return Event(kind: "invalidate", number: lastNumber, data: data)
    }
}
