/// How the keys of responses are spelt.
public enum ResponseKeyForm: String, Sendable, CaseIterable {
    /// As services in Python spell them, so that all find the same responses.
    ///
    /// There a colon and a bar in a short text become `_`, so "a:b" and "a_b" are one; and options
    /// and questions are told apart by 32 bits.
    case shared
    /// So that different requests have different keys: a short text with such a character is
    /// hashed, and all hashes are 128 bits of SHA-256.
    case exact
}
