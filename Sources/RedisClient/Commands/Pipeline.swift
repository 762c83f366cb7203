/// Commands that leave in one write and are answered in order: the basic operation.
///
/// Redis executes them one after the other but not as one transaction; other clients' commands may
/// come between, and one that fails does not stop the next.
public struct Pipeline: Sendable {
    /// The commands as they go over the wire.
    private(set) var encoded: [UInt8] = []
    /// How many commands there are.
    public private(set) var count = 0
    /// A command was too large to be sent, so none of the pipeline will be.
    private(set) var isOversized = false

    /// A pipeline of no command.
    public init() {}

    /// A pipeline of one command.
    public init(_ command: RedisCommand) { append(command) }

    /// Whether there is no command.
    public var isEmpty: Bool { count == 0 }

    /// How many bytes the pipeline sends.
    public var byteCount: Int { encoded.count }

    /// Appends a command.
    public mutating func append(_ command: RedisCommand) {
        count += 1
        if !CommandFormatter.append(command, to: &encoded) { isOversized = true }
    }

    /// Appends a command made of a name and arguments.
    @inlinable public mutating func append<each Argument: RedisArgument>(
        _ name: String,
        _ arguments: repeat each Argument
    ) {
        append(RedisCommand(name, repeat each arguments))
    }

    /// Appends a script call; it fails with `noScript` while the server does not hold the script.
    ///
    /// The other commands of the pipeline run even then: let the configuration load the script on
    /// every connection, and put nothing behind the call that must not run without it.
    public mutating func append(_ call: RedisScriptCall) { append(call.byDigest) }
}
