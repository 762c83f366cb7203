import Foundation

/// The seeds of random lives: as many as a test asks for, unless the environment says otherwise.
///
/// `BEAT_SEED=7` lives the one of a failure again, and `BEAT_LIVES=100000` goes on for longer, for
/// the tests that begin their names with `BEAT`.
public struct Lives: Sendable {
    /// In their order.
    public let seeds: Range<UInt64>
    /// Whether one of them was asked for.
    public let isReplay: Bool

    /// So many lives, or what the variables of that name say.
    ///
    /// - Throws: `LivesError` when one of them is no number.
    public init(
        _ count: UInt64,
        named name: String,
        environment given: [String: String]? = nil
    ) throws {
        let environment = given ?? ProcessInfo.processInfo.environment
        func number(_ variable: String) throws -> UInt64? {
            guard let text = environment["\(name)_\(variable)"] else { return nil }
            guard let number = UInt64(text), number < .max else {
                throw LivesError(description: "\(name)_\(variable) is no number: \(text)")
            }
            return number
        }
        if let seed = try number("SEED") {
            (seeds, isReplay) = (seed..<(seed + 1), true)
        } else {
            (seeds, isReplay) = (0..<(try number("LIVES") ?? count), false)
        }
    }
}

/// What is wrong with a variable.
public struct LivesError: Error, Equatable, CustomStringConvertible {
    /// The variable and its value.
    public let description: String

    /// An error that says so.
    public init(description: String) { self.description = description }
}
