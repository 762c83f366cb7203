public import Codecs

/// Where time zones come from: the database of the system, or a test's own.
public protocol ZoneSource: Sendable {
    /// The zone of an IANA name, such as `Europe/Berlin`.
    func zone(named name: String) throws(ZoneError) -> ZoneRules
}

/// Why there is no such time zone.
public struct ZoneError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name that was asked for.
    public let name: String
    /// What is wrong and what to write instead, a sentence.
    public let message: String

    /// An error about a name.
    public init(_ name: String, _ message: String) {
        self.name = name
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
