import CHiredis

/// Owns one hiredis reader: bytes in, replies on a tape out.
///
/// After an error it is of no more use, and neither is the connection its bytes came from.
@safe final class ReplyReader: @unchecked Sendable {
    // Guard: it belongs to the thread of its connection's loop, as its transport does.

    /// hiredis moves the rest of its buffer after each reply: larger chunks cost quadratic time.
    static let maxFeedBytes = 16 << 10
    /// hiredis gives a larger empty buffer back to the allocator, on every feed.
    private static let keptBufferBytes = 64 << 10

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: UnsafeMutablePointer<TapeBuilder>
    private var scanner: HeaderScanner

    /// Throws when memory is out.
    init(limits: HeaderScanner.Limits = .init()) throws(RedisError) {
        scanner = HeaderScanner(limits: limits)
        unsafe functions = .allocate(capacity: 1)
        unsafe functions.initialize(to: TapeBuilder.functions)
        unsafe builder = .allocate(capacity: 1)
        unsafe builder.initialize(to: TapeBuilder())
        guard let reader = unsafe redisReaderCreateWithFunctions(functions) else {
            unsafe functions.deallocate()
            unsafe builder.deinitialize(count: 1).deallocate()
            throw .protocolViolation("hiredis has no memory for a reader")
        }
        unsafe self.reader = reader
        unsafe reader.pointee.maxbuf = Self.keptBufferBytes
        unsafe reader.pointee.privdata = UnsafeMutableRawPointer(builder)
    }

    deinit {
        unsafe redisReaderFree(reader)
        unsafe functions.deallocate()
        unsafe builder.deinitialize(count: 1).deallocate()
    }

    /// Reads `bytes` and calls `received` after each complete reply, until it returns false.
    ///
    /// `received` takes the replies off the tape when it wants them.
    func feed(
        _ bytes: borrowing Span<UInt8>,
        received: (ReplyReader) -> Bool
    ) throws(RedisError) {
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + Self.maxFeedBytes, bytes.count)
            let chunk = bytes.extracting(offset..<end)
            try scanner.scan(chunk)
            let status = unsafe chunk.withUnsafeBytes { raw in
                unsafe redisReaderFeed(
                    reader,
                    raw.baseAddress?.assumingMemoryBound(to: CChar.self),
                    raw.count
                )
            }
            guard status == REDIS_OK else { throw failure() }
            while try readReply() {
                guard received(self) else { return }
            }
            offset = end
        }
    }

    /// Whether the reply read last is an error, and which.
    var lastServerError: ServerErrorCode? { unsafe builder.pointee.lastServerError }

    /// Takes the complete replies since the last call off the tape; call it between replies only.
    func takeReplies() -> PipelineReplies { unsafe builder.pointee.take() }

    private func readReply() throws(RedisError) -> Bool {
        var reply: UnsafeMutableRawPointer? = nil
        guard unsafe redisReaderGetReply(reader, &reply) == REDIS_OK else { throw failure() }
        return unsafe reply != nil
    }

    private func failure() -> RedisError {
        if unsafe builder.pointee.isFull {
            return .protocolViolation(
                "the replies of one pipeline are larger than \(TapeBuilder.maxBytes) bytes"
            )
        }
        let text = unsafe withUnsafeBytes(of: &reader.pointee.errstr) { raw in
            unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .protocolViolation(text)
    }
}
