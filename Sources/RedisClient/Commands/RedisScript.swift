/// A Lua script and the name Redis knows it by.
public struct RedisScript: Sendable, Hashable {
    /// The Lua text.
    public let source: String
    /// SHA-1 of the source in hexadecimal digits.
    public let digest: String

    /// A script from its Lua text.
    public init(_ source: String) {
        self.source = source
        digest = SHA1.hexadecimalDigest(of: source.utf8)
    }

    /// A call whose first `keyCount` arguments are the keys.
    public func call(keyCount: Int) -> RedisScriptCall {
        RedisScriptCall(self, keyCount: keyCount)
    }

    /// A call with its keys and other arguments.
    @inlinable public func call<each Argument: RedisArgument>(
        keys: some Collection<some RedisArgument>,
        _ arguments: repeat each Argument
    ) -> RedisScriptCall {
        var call = call(keyCount: keys.count)
        call.append(contentsOf: keys)
        repeat call.append(each arguments)
        return call
    }
}

/// One call of a script: append exactly `keyCount` keys first, then the other arguments.
public struct RedisScriptCall: Sendable {
    let script: RedisScript
    @usableFromInline var byDigest: RedisCommand
    /// Room made in advance; more is fine.
    private static let expectedArguments = 8
    private static let expectedKeyBytes = 32

    init(_ script: RedisScript, keyCount: Int) {
        self.script = script
        byDigest = RedisCommand(
            "EVALSHA",
            reservingArguments: keyCount + Self.expectedArguments,
            bytes: keyCount * Self.expectedKeyBytes
        )
        byDigest.append(script.digest)
        byDigest.append(keyCount)
    }

    /// Appends one key or argument.
    @inlinable public mutating func append(_ argument: some RedisArgument) {
        byDigest.append(argument)
    }

    /// Appends many keys or arguments.
    @inlinable public mutating func append(contentsOf arguments: some Sequence<some RedisArgument>)
    {
        byDigest.append(contentsOf: arguments)
    }

    /// How many bytes its keys and arguments have, the digest counted.
    public var byteCount: Int { byDigest.bytes.count }

    /// The same call with the source in it, which Redis then remembers.
    var bySource: RedisCommand { byDigest.replacingFirst(2, with: "EVAL", script.source) }
}
