import CacheDomain
import Foundation

/// Decodes a value from the fields of a hash: text where the value wants text, JSON elsewhere.
struct FieldDecoder: Decoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let fields: [StructureField]
    let json: JSONDecoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(FieldContainer(fields: fields, json: json))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw notFields("a list") }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw notFields("a single value")
    }

    private func notFields(_ other: String) -> DecodingError {
        DecodingError.typeMismatch(
            [String: String].self,
            DecodingError.Context(
                codingPath: [],
                debugDescription: "a hash has fields; \(other) cannot be decoded from it"
            )
        )
    }
}

extension Int {
    /// A whole number in its usual form; everything unusual is for the JSON decoder.
    fileprivate init?(plain bytes: [UInt8]) {
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        guard let first = digits.first, first != UInt8(ascii: "0") || bytes.count == 1 else {
            return nil
        }
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}

/// The fields of a hash as the properties of a value.
struct FieldContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey] = []
    let fields: [StructureField]
    let json: JSONDecoder

    var allKeys: [Key] { fields.compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool { value(of: key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool {
        value(of: key).map { $0.elementsEqual("null".utf8) } ?? true
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        let bytes = try bytes(forKey: key)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DecodingError.dataCorrupted(context(key, "a field is not UTF-8"))
        }
        return text
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if type == String.self, let text = try decode(String.self, forKey: key) as? Value {
            return text
        }
        let bytes = try bytes(forKey: key)
        // Of the numbers in JSON, those that are read as often as texts.
        if type == Int.self, let number = Int(plain: bytes) as? Value { return number }
        do {
            return try json.decode(type, from: Data(bytes))
        } catch {
            // A type that is text in JSON, a date or an enumeration, has the text itself here.
            if let value = try? json.decode(type, from: quoted(bytes)) { return value }
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: [key],
                    debugDescription: "a field holds no \(type)",
                    underlyingError: error
                )
            )
        }
    }

    private func quoted(_ bytes: [UInt8]) throws -> Data {
        try JSONEncoder().encode(String(decoding: bytes, as: UTF8.self))
    }

    /// There are few, so that to look at them costs less than to hash their names.
    private func value(of key: Key) -> [UInt8]? {
        let name = key.stringValue
        return fields.last { $0.name == name }?.value
    }

    private func bytes(forKey key: Key) throws -> [UInt8] {
        guard let bytes = value(of: key) else {
            throw DecodingError.keyNotFound(key, context(key, "a field is missing"))
        }
        return bytes
    }

    private func context(_ key: Key, _ text: String) -> DecodingError.Context {
        DecodingError.Context(codingPath: [key], debugDescription: text)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        throw DecodingError.dataCorrupted(context(key, "a field is decoded as a whole"))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(context(key, "a field is decoded as a whole"))
    }

    func superDecoder() throws -> any Decoder { throw noSuper }

    func superDecoder(forKey key: Key) throws -> any Decoder { throw noSuper }

    private var noSuper: DecodingError {
        .dataCorrupted(
            DecodingError.Context(codingPath: [], debugDescription: "a hash has no superclass")
        )
    }
}
