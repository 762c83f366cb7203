/// Values that are compressed where they are large, for a cache that has hashes beside them.
///
/// The fields of hashes stay as the other coder makes them: they are small, and shared with other
/// programs, which read them one by one.
///
/// ```swift
/// let json = JSONValueCoder()
/// let coder = CompressingFieldCoder(json, try CompressingCoder(json))
/// let chat = try ChatCache(layer, coder: coder)
/// ```
public struct CompressingFieldCoder: ValueCoder, FieldCoder {
    /// What makes the fields.
    public let fields: any FieldCoder
    /// What makes the values.
    public let values: CompressingCoder

    /// A coder from those of its parts.
    public init(_ fields: any FieldCoder, _ values: CompressingCoder) {
        self.fields = fields
        self.values = values
    }

    /// The bytes of a value, compressed if there are many.
    public func encode(_ value: some Encodable) throws -> [UInt8] { try values.encode(value) }

    /// The value in bytes that are compressed, or not.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8]
    ) throws -> Value {
        try values.decode(type, from: bytes)
    }

    /// The fields of a value, as they are.
    public func encodeFields(_ value: some Encodable) throws -> [StructureField] {
        try fields.encodeFields(value)
    }

    /// The value whose properties the fields are.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from fields: [StructureField]
    ) throws -> Value {
        try self.fields.decode(type, from: fields)
    }
}
