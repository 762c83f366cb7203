/// A call of a registered task handler.
public struct TaskCall: Sendable, Equatable {
    /// The handler's registered name: the event's type without `task.`.
    public var name: String
    /// The event's `data` as JSON text, of whatever kind.
    public var arguments: [UInt8]

    /// A call of the handler `name` with arguments that are JSON text.
    public init(name: String, arguments: [UInt8] = Array("{}".utf8)) {
        self.name = name
        self.arguments = arguments
    }
}
