/// How typed values become bytes in the store, and come back.
///
/// A value may have been written by a program in another language, or by an older version of this
/// one: what cannot be decoded throws, and the caller treats it as corrupt.
public protocol ValueCoder: Sendable {
    /// The bytes of a value.
    func encode(_ value: some Encodable) throws -> [UInt8]
    /// The value in the bytes.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}

/// How typed values become the fields of a hash, and come back.
///
/// A field whose value is text has the text itself; every other one has JSON. So do the services
/// in other languages that share the hashes.
public protocol FieldCoder: Sendable {
    /// The fields of a value, one for each of its properties.
    func encodeFields(_ value: some Encodable) throws -> [StructureField]
    /// The value whose properties the fields are.
    func decode<Value: Decodable>(_ type: Value.Type, from fields: [StructureField]) throws -> Value
}
