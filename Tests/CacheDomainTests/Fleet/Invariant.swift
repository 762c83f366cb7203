/// What must be true of a fleet, by its name in `docs/COHERENCE.md`.
///
/// The eighth, one loader for each key, is not the protocol's: it has tests of its own.
enum Invariant: String, CaseIterable, Sendable {
    case bound = "I1"
    case convergence = "I2"
    case removal = "I3"
    case order = "I4"
    case economy = "I5"
    case detection = "I6"
    case token = "I7"
    case progress = "I9"
    case size = "I10"

    /// What it demands.
    var sentence: String {
        switch self {
        case .bound: "no copy is served that is older than the bound"
        case .convergence: "when all is over, what may be served is what the server has"
        case .removal: "what was removed, and acknowledged, is not served again"
        case .order: "nobody reads something, and then what came before it"
        case .economy: "nothing is distrusted but for a loss that the journal cannot mend"
        case .detection: "a message that was lost is missed within a heartbeat"
        case .token: "no value is kept whose key a message named after it was asked for"
        case .progress: "the last message applied never falls within an epoch"
        case .size: "no tier holds more than it may"
        }
    }
}

/// An invariant that did not hold, and where.
struct Broken: Hashable, CustomStringConvertible {
    let invariant: Invariant
    let moment: Int
    let node: String
    let text: String

    var description: String {
        "\(invariant.rawValue) (\(invariant.sentence)): at \(moment) ms \(node) \(text)"
    }
}
