/// A password that does not show itself in logs, errors or dumps.
public struct AMQPSecret: Sendable, Hashable, CustomStringConvertible, CustomReflectable,
    ExpressibleByStringLiteral
{
    let value: String

    /// Hides a value.
    public init(_ value: String) { self.value = value }
    /// Hides a literal: for tests.
    public init(stringLiteral value: String) { self.value = value }

    /// Three stars.
    public var description: String { "***" }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
