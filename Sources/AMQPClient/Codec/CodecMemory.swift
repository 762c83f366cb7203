import CRabbitMQ

/// The memory rabbitmq-c's structures point into: filled for one method, given back at the next.
///
/// A method is decoded, copied into Swift values and forgotten; a method is encoded from copies of
/// Swift values. So a long-lived connection needs no more memory than its largest method.
@safe final class CodecMemory {
    /// What most methods and property lists fit into.
    private static let pageBytes = 4 << 10

    let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        unsafe pool = .allocate(capacity: 1)
        unsafe pool.initialize(to: amqp_pool_t())
        unsafe init_amqp_pool(pool, Self.pageBytes)
    }

    deinit {
        unsafe empty_amqp_pool(pool)
        unsafe pool.deallocate()
    }

    /// Ends the life of everything handed out since the last call.
    func recycle() {
        unsafe recycle_amqp_pool(pool)
    }

    func allocate(_ byteCount: Int) throws(AMQPError) -> UnsafeMutableRawPointer {
        guard let memory = unsafe amqp_pool_alloc(pool, max(byteCount, 1)) else {
            throw AMQPError(.brokerFailure, "the codec got no memory for \(byteCount) bytes")
        }
        return unsafe memory
    }

    func copy(_ bytes: Span<UInt8>) throws(AMQPError) -> amqp_bytes_t {
        guard bytes.count > 0 else { return unsafe amqp_empty_bytes }
        let memory = try unsafe allocate(bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: memory, count: source.count)
                .copyMemory(from: source)
        }
        return unsafe amqp_bytes_t(len: bytes.count, bytes: memory)
    }

    func copy(_ string: String) throws(AMQPError) -> amqp_bytes_t {
        try unsafe copy(string.utf8Span.span)
    }

    /// A name: the protocol gives its length one byte.
    func shortString(_ string: String) throws(AMQPError) -> amqp_bytes_t {
        guard string.utf8.count <= UInt8.max else {
            throw AMQPError(
                .configuration,
                "a name of \(string.utf8.count) bytes is too long (255): \(string.prefix(40))…"
            )
        }
        return try unsafe copy(string)
    }
}

extension amqp_bytes_t {
    /// A copy as text; what is not UTF-8 is repaired.
    var text: String { unsafe String(decoding: buffer, as: UTF8.self) }

    /// A view on bytes that live as long as the memory they were decoded from.
    var buffer: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: bytes, count: len) }
}
