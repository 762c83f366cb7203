internal import Codecs
import Glibc
internal import Telemetry

/// What a request shows who it is from, read from its file for each request.
public enum HTTPCredential: Sendable, Hashable {
    /// A file that holds a token.
    case bearer(file: String)
    /// A file that holds a name, a colon and a password.
    case basic(file: String)

    /// A file that is longer holds something else.
    static let maxBytes = 16 << 10

    /// The file.
    public var file: String {
        switch self {
        case .bearer(let file), .basic(let file): file
        }
    }

    /// The value of the header `Authorization`; blocks as long as the file's disk does.
    ///
    /// No error holds anything of what the file does.
    func authorization() throws(HTTPClientError) -> Secret {
        let bytes = try contents()
        // A line feed is what editors put at the end.
        let text = String(decoding: bytes, as: UTF8.self)
        let secret = text.last?.isNewline == true ? String(text.dropLast()) : text
        guard !secret.isEmpty,
            secret.unicodeScalars.allSatisfy({ $0.value >= 32 && $0 != "\u{7F}" })
        else {
            throw unusable("must hold one line of text and nothing else")
        }
        switch self {
        case .bearer:
            guard secret.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
                throw unusable("must hold a token: ASCII without blanks")
            }
            return Secret("Bearer \(secret)")
        case .basic:
            guard secret.contains(":") else { throw unusable("must hold a name:password") }
            return Secret("Basic \(Base64.text(of: Array(secret.utf8)[...]))")
        }
    }

    private func contents() throws(HTTPClientError) -> [UInt8] {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unusable("cannot be read: \(Self.reason())") }
        defer { close(descriptor) }
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while contents.count <= Self.maxBytes {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unusable("cannot be read: \(Self.reason())") }
            if count == 0 { return contents }
            contents += chunk[..<count]
        }
        throw unusable("has more than \(Self.maxBytes) bytes")
    }

    private static func reason() -> String {
        let number = errno
        return unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }

    private func unusable(_ rule: String) -> HTTPClientError {
        HTTPClientError(.credential, "the file of the credentials, \(file), \(rule)")
    }
}
