import CRabbitMQ

extension AMQPProperties {
    private static let persistent = UInt8(AMQP_DELIVERY_PERSISTENT.rawValue)
    private static let transient = UInt8(AMQP_DELIVERY_NONPERSISTENT.rawValue)

    /// Decodes a property list as it stood in a content header.
    init(encoded: Span<UInt8>) throws(AMQPError) {
        let list = EncodedProperties(encoded)
        try list.check(encoded)
        self.init()
        let memory = CodecMemory()
        var decoded: UnsafeMutableRawPointer?
        let result = unsafe encoded.withUnsafeBytes { raw in
            let bytes = unsafe amqp_bytes_t(
                len: raw.count,
                bytes: UnsafeMutableRawPointer(mutating: raw.baseAddress)
            )
            return unsafe amqp_decode_properties(
                UInt16(AMQP_BASIC_CLASS),
                memory.pool,
                bytes,
                &decoded
            )
        }
        try CodecStatus.check(result, "the properties of a message")
        if let decoded = unsafe decoded {
            unsafe take(decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
        }
        // The structure points into the memory until here.
        withExtendedLifetime(memory) {}
    }

    private mutating func take(_ list: amqp_basic_properties_t) {
        let flags = unsafe list._flags
        func has(_ flag: Int32) -> Bool { flags & amqp_flags_t(flag) != 0 }
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            unsafe has(flag) ? bytes.text : nil
        }
        unsafe contentType = text(AMQP_BASIC_CONTENT_TYPE_FLAG, list.content_type)
        unsafe contentEncoding = text(AMQP_BASIC_CONTENT_ENCODING_FLAG, list.content_encoding)
        if has(AMQP_BASIC_HEADERS_FLAG) { headers = unsafe AMQPValue.table(list.headers) }
        isPersistent =
            unsafe has(AMQP_BASIC_DELIVERY_MODE_FLAG) && list.delivery_mode == Self.persistent
        priority = unsafe has(AMQP_BASIC_PRIORITY_FLAG) ? list.priority : nil
        unsafe correlationID = text(AMQP_BASIC_CORRELATION_ID_FLAG, list.correlation_id)
        unsafe replyTo = text(AMQP_BASIC_REPLY_TO_FLAG, list.reply_to)
        unsafe expirationMilliseconds = text(AMQP_BASIC_EXPIRATION_FLAG, list.expiration)
        unsafe messageID = text(AMQP_BASIC_MESSAGE_ID_FLAG, list.message_id)
        timestamp = unsafe has(AMQP_BASIC_TIMESTAMP_FLAG) ? list.timestamp : nil
        unsafe type = text(AMQP_BASIC_TYPE_FLAG, list.type)
        unsafe userID = text(AMQP_BASIC_USER_ID_FLAG, list.user_id)
        unsafe appID = text(AMQP_BASIC_APP_ID_FLAG, list.app_id)
    }

    /// The library's form, alive until the memory is recycled.
    func encodable(in memory: CodecMemory) throws(AMQPError) -> amqp_basic_properties_t {
        var list = unsafe amqp_basic_properties_t()
        func set(
            _ value: String?,
            _ flag: Int32,
            _ field: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>
        ) throws(AMQPError) {
            guard let value else { return }
            unsafe list._flags |= amqp_flags_t(flag)
            unsafe list[keyPath: field] = try memory.shortString(value)
        }
        try unsafe set(contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type)
        try unsafe set(contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, \.content_encoding)
        if !headers.isEmpty {
            unsafe list._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
            unsafe list.headers = try memory.table(headers)
        }
        unsafe list._flags |= amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
        unsafe list.delivery_mode = isPersistent ? Self.persistent : Self.transient
        if let priority {
            unsafe list._flags |= amqp_flags_t(AMQP_BASIC_PRIORITY_FLAG)
            unsafe list.priority = priority
        }
        try unsafe set(correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, \.correlation_id)
        try unsafe set(replyTo, AMQP_BASIC_REPLY_TO_FLAG, \.reply_to)
        try unsafe set(expirationMilliseconds, AMQP_BASIC_EXPIRATION_FLAG, \.expiration)
        try unsafe set(messageID, AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id)
        if let timestamp {
            unsafe list._flags |= amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG)
            unsafe list.timestamp = timestamp
        }
        try unsafe set(type, AMQP_BASIC_TYPE_FLAG, \.type)
        try unsafe set(userID, AMQP_BASIC_USER_ID_FLAG, \.user_id)
        try unsafe set(appID, AMQP_BASIC_APP_ID_FLAG, \.app_id)
        return unsafe list
    }
}
