/// One command with its arguments, laid end to end in one piece of memory.
///
/// ```swift
/// let set = RedisCommand("SET", key, value, "EX", 60)
/// var unlink = RedisCommand("UNLINK")
/// unlink.append(contentsOf: keys)
/// ```
/// What is generic here is inlinable, since a batch appends hundreds of keys.
public struct RedisCommand: Sendable {
    @usableFromInline var bytes: [UInt8] = []
    /// Where each argument ends in `bytes`.
    @usableFromInline var ends: [Int] = []

    /// A command from its name and arguments.
    @inlinable public init<each Argument: RedisArgument>(
        _ name: String,
        _ arguments: repeat each Argument
    ) {
        append(name)
        repeat append(each arguments)
    }

    /// A command with room for what will be appended.
    public init(_ name: String, reservingArguments arguments: Int, bytes count: Int) {
        ends.reserveCapacity(arguments + 1)
        bytes.reserveCapacity(count + name.utf8.count)
        append(name)
    }

    /// How many arguments there are, the name counted.
    public var count: Int { ends.count }

    /// Appends one argument.
    @inlinable public mutating func append(_ argument: some RedisArgument) {
        argument.write(to: &bytes)
        ends.append(bytes.count)
    }

    /// Appends many arguments.
    @inlinable public mutating func append(contentsOf arguments: some Sequence<some RedisArgument>)
    {
        for argument in arguments { append(argument) }
    }

    /// The same command with other arguments in the place of the first `count`.
    func replacingFirst(_ count: Int, with arguments: String...) -> RedisCommand {
        var command = self
        let start = count == 0 ? 0 : ends[count - 1]
        command.bytes = []
        command.ends = []
        for argument in arguments { command.append(argument) }
        let shift = command.bytes.count - start
        command.bytes += bytes[start...]
        command.ends += ends[count...].map { $0 + shift }
        return command
    }
}

extension RedisCommand: CustomStringConvertible {
    /// The name only: arguments may be secret or long.
    public var description: String { String(decoding: bytes[..<(ends.first ?? 0)], as: UTF8.self) }
}
