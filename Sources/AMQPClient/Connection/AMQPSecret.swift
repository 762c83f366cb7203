/// A password that does not show itself in logs, errors or dumps.
public struct AMQPSecret: Sendable, Hashable, CustomStringConvertible, CustomReflectable,
    ExpressibleByStringLiteral
{
    let value: String

    public init(_ value: String) { self.value = value }
    public init(stringLiteral value: String) { self.value = value }

    public var description: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
