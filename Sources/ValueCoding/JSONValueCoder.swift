public import CacheDomain
import Codecs
import Foundation

/// Values as JSON, dates as RFC 3339: what services in all languages read.
public struct JSONValueCoder: ValueCoder, FieldCoder {
    /// A coder.
    public init() {}

    // They are set up once and never changed, so all may use them.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }()

    private static let decoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()

    /// The value as JSON text.
    public func encode(_ value: some Encodable) throws -> [UInt8] {
        Array(try Self.encoder.encode(value))
    }

    /// The value in a JSON text.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8]
    ) throws -> Value {
        try Self.decoder.decode(type, from: Data(bytes))
    }

    /// The members of the value's JSON object.
    public func encodeFields(_ value: some Encodable) throws -> [StructureField] {
        let object = try JSONObjectText(Array(try Self.encoder.encode(value)))
        return object.map { document, key, value in
            StructureField(
                document.string(key) ?? "",
                document.utf8(value) ?? Array(document.text(of: value))
            )
        }
    }

    /// The value whose members the fields are.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from fields: [StructureField]
    ) throws -> Value {
        try type.init(from: FieldDecoder(fields: fields, json: Self.decoder))
    }
}
