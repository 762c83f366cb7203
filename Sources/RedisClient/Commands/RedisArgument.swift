/// What can stand in a command: Redis sees bytes.
public protocol RedisArgument {
    /// Appends the argument's bytes.
    func write(to bytes: inout [UInt8])
}

extension String: RedisArgument {
    /// Appends the UTF-8 bytes.
    @inlinable public func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension Substring: RedisArgument {
    /// Appends the UTF-8 bytes.
    @inlinable public func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension [UInt8]: RedisArgument {
    /// Appends the bytes as they are.
    @inlinable public func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

extension ArraySlice<UInt8>: RedisArgument {
    /// Appends the bytes as they are.
    @inlinable public func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

extension Int: RedisArgument {
    /// Appends decimal digits.
    @inlinable public func write(to bytes: inout [UInt8]) {
        DecimalText.write(Int64(self), to: &bytes)
    }
}

extension Int64: RedisArgument {
    /// Appends decimal digits.
    @inlinable public func write(to bytes: inout [UInt8]) { DecimalText.write(self, to: &bytes) }
}

extension UInt64: RedisArgument {
    /// Appends decimal digits.
    @inlinable public func write(to bytes: inout [UInt8]) { DecimalText.write(self, to: &bytes) }
}

extension Double: RedisArgument {
    /// The shortest text that reads back as the same number.
    @inlinable public func write(to bytes: inout [UInt8]) { description.write(to: &bytes) }
}

/// Integers as decimal digits, without a String in between.
@usableFromInline enum DecimalText: Sendable {
    @usableFromInline static func write(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        write(UInt64(value.magnitude), to: &bytes)
    }

    @usableFromInline static func write(_ value: UInt64, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = value
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
