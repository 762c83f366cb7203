/// One numbered event of a ledger.
struct LedgerEvent: Sendable {
    /// What it does; each kind shows in the data whether it was done.
    enum Kind: CaseIterable {
        /// Takes a key of its own away.
        case removal
        /// Writes its number to a key of its own.
        case value
        /// Writes its number to a key that others before and after it write to.
        case series
    }

    /// How many series each transport has: one key each.
    static let seriesCount = 4

    let mark: String
    /// The second in which the ledger began, as the `time` of events has it.
    let second: String
    let number: Int
    let transport: LedgerTransport

    var kind: Kind { Kind.allCases[number % Kind.allCases.count] }
    var id: String { "\(mark)-\(number)" }

    /// The key it changes.
    var key: String {
        switch kind {
        case .removal: "\(mark):removal:\(number)"
        case .value: "\(mark):value:\(number)"
        case .series: "\(mark):series:\(transport.rawValue):\(number / 3 % Self.seriesCount)"
        }
    }

    /// The kind of job, as streams and routing keys call it.
    var job: String { kind == .removal ? "invalidate" : "warm" }

    /// The event as a producer writes it.
    var json: String {
        let data =
            kind == .removal
            ? #"{"keys":["\#(key)"]}"# : #"{"entries":[{"key":"\#(key)","value":\#(number)}]}"#
        let digits = "\(number)"
        let fraction = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return #"{"specversion":"1.0","id":"\#(id)","source":"/ledger","type":"cache.\#(job)","#
            + #""time":"\#(second).\#(fraction)Z","data":\#(data)}"#
    }

    /// The id in a text that holds an event of this mark; nil when there is none.
    static func id(in text: String, mark: String) -> String? {
        guard let start = text.firstRange(of: "\"\(mark)-") else { return nil }
        return String(text[text.index(after: start.lowerBound)...].prefix { $0 != "\"" })
    }
}

/// How events of a ledger reach the workers.
public enum LedgerTransport: String, Sendable, CaseIterable {
    case stream
    case amqp
}
