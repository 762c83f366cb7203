internal import COpenSSL

/// SHA-256, FIPS 180-4, of bytes that come in parts; it holds none of them.
@safe
public struct SHA256: ~Copyable {
    private static let byteCount = 32
    private let context: OpaquePointer

    /// The digest of nothing yet.
    public init() {
        // Both fail for want of memory alone, which ends Swift programs everywhere.
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("OpenSSL cannot begin a SHA-256") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds a part; parts flow into each other.
    public mutating func add(_ bytes: Span<UInt8>) {
        let status = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        }
        precondition(status == 1, "OpenSSL cannot go on with a SHA-256")
    }

    /// Adds a text as UTF-8, without making a copy of it.
    public mutating func add(_ text: String) { add(text.utf8.span) }

    /// The 32 bytes of the digest.
    public consuming func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { output, count in
            let status = unsafe EVP_DigestFinal_ex(context, output.baseAddress, nil)
            precondition(status == 1, "OpenSSL cannot finish a SHA-256")
            count = Self.byteCount
        }
    }

    /// The digest of bytes as 64 hexadecimal digits.
    public static func hexadecimal(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.add(bytes.span)
        return Hexadecimal.text(of: hash.finish())
    }

    /// The digest of a text as 64 hexadecimal digits.
    public static func hexadecimal(of text: String) -> String {
        var hash = SHA256()
        hash.add(text)
        return Hexadecimal.text(of: hash.finish())
    }
}

/// One owner uses it at a time.
@available(*, unavailable)
extension SHA256: Sendable {}
