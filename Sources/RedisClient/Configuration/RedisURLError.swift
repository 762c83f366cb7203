/// Why an address of Redis cannot be used.
public struct RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it, for people.
    public let message: String
    /// The message.
    public var description: String { message }
}
