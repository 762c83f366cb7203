public import CacheDomain
import Foundation

/// Values as binary property lists: smaller and faster than JSON where only Swift programs read
/// them, and with bytes and dates as they are.
public struct PropertyListValueCoder: ValueCoder {
    /// A coder.
    public init() {}

    /// The value as a binary property list.
    public func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        return Array(try encoder.encode([value]))
    }

    /// The value in a property list.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8]
    ) throws -> Value {
        // A property list begins with a list or a dictionary, so a value is in a list of one.
        let values = try PropertyListDecoder().decode([Value].self, from: Data(bytes))
        guard let value = values.first, values.count == 1 else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "a list of one is wanted")
            )
        }
        return value
    }
}
