/// A text that must not be seen: no description, dump or reflection of it says more than `***`.
public struct Secret: Sendable, Hashable {
    /// The text itself, for the one call that sends it.
    public let revealed: String

    /// Hides a text.
    public init(_ text: String) { revealed = text }
}

extension Secret: ExpressibleByStringLiteral {
    /// Hides a literal: what everybody knows, as a broker's first password.
    public init(stringLiteral value: String) { self.init(value) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Three stars.
    public var description: String { "***" }
    /// Three stars.
    public var debugDescription: String { "***" }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
