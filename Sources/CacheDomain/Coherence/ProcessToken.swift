/// Tells one process from all others, and who of two came later.
///
/// What two processes compare is the same on both sides, so they never disagree. Clocks that do
/// may let the newcomer stay; one goes in any case.
public struct ProcessToken: Sendable, Hashable, Comparable {
    /// When the process began, then something random: of one length, so that texts compare as the
    /// times do.
    public let text: String

    /// The token of a process that began so long after 1970.
    public init(
        startedAt milliseconds: UInt64 = 0,
        random: UInt64 = .random(in: .min ... .max)
    ) {
        text = "\(Self.digits(milliseconds, 9))-\(Self.digits(random, 13))"
    }

    /// The token of who sent the canary.
    init(sendingCanary canary: String) {
        text = String(canary[..<(canary.lastIndex(of: "-") ?? canary.endIndex)])
    }

    /// Whether it is of the process that began earlier.
    public static func < (one: ProcessToken, other: ProcessToken) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    private static func digits(_ number: UInt64, _ length: Int) -> String {
        let text = String(number, radix: 36)
        return String(repeating: "0", count: max(0, length - text.count)) + text
    }
}
