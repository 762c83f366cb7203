internal import CZlib

/// The zlib format, RFC 1950: what `zlib.compress` makes in Python, and others elsewhere.
public enum Zlib: Sendable {
    /// The levels, from the fastest to the smallest.
    public static let levels = 1...9
    /// The format makes no bytes smaller than this: a greater promise is a lie.
    public static let maxRatio = 1032

    /// The bytes, compressed.
    public static func compressed(
        _ bytes: [UInt8],
        level: Int
    ) throws(CompressionError) -> [UInt8] {
        guard levels.contains(level) else {
            throw CompressionError(.level, "a level is from 1 to 9, not \(level)")
        }
        let bound = Int(compressBound(uLong(bytes.count)))
        var status = Z_OK
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            var length = uLongf(bound)
            unsafe bytes.withUnsafeBufferPointer { input in
                status = unsafe compress2(
                    output.baseAddress,
                    &length,
                    input.baseAddress,
                    uLong(input.count),
                    Int32(level)
                )
            }
            count = status == Z_OK ? Int(length) : 0
        }
        guard status == Z_OK else { throw failure(status) }
        return output
    }

    /// What was compressed, which must be `byteCount` bytes, no more and no less.
    public static func decompressed(
        _ bytes: ArraySlice<UInt8>,
        byteCount: Int
    ) throws(CompressionError) -> [UInt8] {
        guard byteCount <= bytes.count * maxRatio else {
            throw CompressionError(
                .corrupt,
                "\(bytes.count) compressed bytes cannot hold \(byteCount)"
            )
        }
        var status = Z_OK
        var rest = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            var length = uLongf(byteCount)
            unsafe bytes.withUnsafeBufferPointer { input in
                var consumed = uLong(input.count)
                status = unsafe uncompress2(
                    output.baseAddress,
                    &length,
                    input.baseAddress,
                    &consumed
                )
                rest = input.count - Int(consumed)
            }
            count = status == Z_OK ? Int(length) : 0
        }
        guard status == Z_OK else { throw failure(status) }
        guard output.count == byteCount, rest == 0 else {
            throw CompressionError(
                .corrupt,
                "compressed bytes hold \(output.count) bytes and \(rest) behind, not \(byteCount)"
            )
        }
        return output
    }

    private static func failure(_ status: Int32) -> CompressionError {
        switch status {
        case Z_MEM_ERROR: CompressionError(.memory, "no memory is left to compress with")
        case Z_BUF_ERROR: CompressionError(.corrupt, "compressed bytes hold more than they say")
        case Z_DATA_ERROR: CompressionError(.corrupt, "compressed bytes are damaged")
        default: CompressionError(.corrupt, "zlib answers \(status)")
        }
    }
}
