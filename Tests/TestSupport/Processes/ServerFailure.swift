/// A server ended while it was starting.
public struct ServerFailure: Error, CustomStringConvertible {
    /// The name of its program.
    public let name: String
    /// What it had logged.
    public let log: String

    /// The name and the end of the log.
    public var description: String { "\(name) ended while starting:\n\(log.suffix(4_000))" }
}
