import Codecs

/// A short name for an input of any form: what a result is computed from, in the key of the result.
public enum InputDigest: Sendable {
    private static let digitCount = 32

    /// The first half of the SHA-256 of the value as JSON with sorted members, 32 hexadecimal
    /// digits: the same for equal values, in whatever order their members were made.
    public static func text(of value: some Encodable) throws -> String {
        let json = try JSONValueCoder().encode(value)
        return String(SHA256.hexadecimal(of: json).prefix(digitCount))
    }
}
