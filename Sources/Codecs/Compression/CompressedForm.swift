/// Compressed bytes that say so, and how many bytes they come from.
///
///     F8 7A 6C 01 │ the number of plain bytes: 4, the greatest first │ zlib format, RFC 1950
///
/// No text in UTF-8 has the byte F8, so no JSON begins so, and no property list does. A program in
/// another language reads it with its zlib, from the ninth byte on.
public enum CompressedForm: Sendable {
    /// What it begins with; the last byte is the version.
    public static let mark: [UInt8] = [0xF8, 0x7A, 0x6C, 0x01]
    /// The bytes before the compressed ones.
    static let headerByteCount = mark.count + 4

    /// Whether the bytes begin as the form does.
    public static func isIn(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: mark) }

    /// The bytes in this form.
    public static func packed(
        _ bytes: [UInt8],
        level: Int
    ) throws(CompressionError) -> [UInt8] {
        guard let byteCount = UInt32(exactly: bytes.count) else {
            throw CompressionError(.tooLarge, "\(bytes.count) bytes are too many to compress")
        }
        let header = mark + (0..<4).map { UInt8(truncatingIfNeeded: byteCount >> (24 - 8 * $0)) }
        return header + (try Zlib.compressed(bytes, level: level))
    }

    /// What was packed, unless it says to be more than `maxByteCount` bytes.
    ///
    /// What it says is checked before memory is taken for it.
    public static func unpacked(
        _ bytes: [UInt8],
        maxByteCount: Int
    ) throws(CompressionError) -> [UInt8] {
        guard isIn(bytes), bytes.count >= headerByteCount else {
            throw CompressionError(.corrupt, "bytes do not begin as compressed ones do")
        }
        let byteCount = bytes[mark.count..<headerByteCount].reduce(0) { $0 << 8 | Int($1) }
        guard byteCount <= maxByteCount else {
            throw CompressionError(
                .tooLarge,
                "compressed bytes hold \(byteCount), and \(maxByteCount) are allowed"
            )
        }
        return try Zlib.decompressed(bytes[headerByteCount...], byteCount: byteCount)
    }
}
