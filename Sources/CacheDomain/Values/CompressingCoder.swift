import Codecs

/// Values as another coder makes them, compressed where they are large.
///
/// What is smaller than the threshold, or gets no smaller, stays as it is, for any program to read.
/// What is compressed says so, in the form of `CompressedForm`. Both are read, whatever the
/// threshold is now. Bytes that are damaged, or claim to be more than `maxByteCount`, throw, and
/// are corrupt to a cache.
///
/// ```swift
/// let coder = try CompressingCoder(JSONValueCoder(), threshold: 1000, level: 6)
/// let pages = Cache(layer, namespace: "pages", coder: coder)
/// ```
public struct CompressingCoder: ValueCoder {
    /// How many bytes may come of compressed ones, unless it is told otherwise.
    public static let maxByteCount = 64 << 20

    /// What makes the bytes, and reads them.
    public let base: any ValueCoder
    /// More bytes than these are compressed.
    public let threshold: Int
    /// How hard is tried, from 1, the fastest, to 9, the smallest.
    public let level: Int
    /// How many bytes may come of compressed ones.
    public let maxByteCount: Int
    /// What the values are results of, as reports say it.
    public var operation: String
    let observer: (any CacheObserver)?
    let now: @Sendable () -> ContinuousClock.Instant

    /// A coder around another one, which tells `observer` what compression comes to.
    /// - Throws: `CacheError.Code.configuration` where the level or a number of bytes cannot be.
    public init(
        _ base: any ValueCoder,
        threshold: Int = 1000,
        level: Int = 6,
        maxByteCount: Int = CompressingCoder.maxByteCount,
        operation: String = "",
        observer: (any CacheObserver)? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws(CacheError) {
        guard Zlib.levels.contains(level) else {
            throw CacheError(.configuration, "a level of compression is 1 to 9, not \(level)")
        }
        guard threshold >= 0, maxByteCount >= threshold else {
            throw CacheError(
                .configuration,
                "values are compressed from \(threshold) to \(maxByteCount) bytes: there are none"
            )
        }
        self.base = base
        self.threshold = threshold
        self.level = level
        self.maxByteCount = maxByteCount
        self.operation = operation
        self.observer = observer
        self.now = now
    }

    /// The bytes of a value, compressed if there are many.
    public func encode(_ value: some Encodable) throws -> [UInt8] {
        let bytes = try base.encode(value)
        // What looks compressed must be, or it would be read as what it is not.
        let isMarked = CompressedForm.isIn(bytes)
        let isLarge = bytes.count > threshold && bytes.count <= maxByteCount
        guard isMarked || isLarge else { return bytes }
        guard bytes.count <= maxByteCount else {
            throw CacheError(
                .serialization,
                "a value that looks compressed has \(bytes.count) of \(maxByteCount) bytes"
            )
        }
        let start = now()
        let packed = try CompressedForm.packed(bytes, level: level)
        let stored = isMarked || packed.count < bytes.count ? packed : bytes
        observer?
            .observe(
                .compressed(
                    CompressionReport(
                        operation: operation,
                        byteCount: bytes.count,
                        storedByteCount: stored.count,
                        duration: start.duration(to: now())
                    )
                )
            )
        return stored
    }

    /// The value in bytes that are compressed, or not.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8]
    ) throws -> Value {
        guard CompressedForm.isIn(bytes) else { return try base.decode(type, from: bytes) }
        let plain = try CompressedForm.unpacked(bytes, maxByteCount: maxByteCount)
        return try base.decode(type, from: plain)
    }
}
