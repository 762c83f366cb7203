import CacheDomain

/// Text as its bytes; everything else fails.
struct TextCoder: ValueCoder {
    struct NoText: Error {}

    func encode(_ value: some Encodable) throws -> [UInt8] {
        guard let text = value as? String else { throw NoText() }
        return Array(text.utf8)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        guard let value = String(decoding: bytes, as: UTF8.self) as? Value else {
            throw NoText()
        }
        return value
    }
}
