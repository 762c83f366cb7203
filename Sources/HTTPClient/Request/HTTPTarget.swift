internal import CCurl

/// The owner of one address that libcurl has read: what is checked is what is asked.
@safe
final class HTTPTarget: @unchecked Sendable {
    // Guard: the handle is not changed after `init`, and only read by one thread at a time.

    /// An address that is longer is a mistake.
    static let maxLength = 8 << 10

    let handle: OpaquePointer
    /// `http` or `https`.
    let scheme: String
    /// In small letters, without brackets and without a dot at its end.
    let host: String
    let port: Int

    /// Reads an address, one that may leave out what it has in common with another.
    init(_ text: String, from start: HTTPTarget? = nil) throws(HTTPClientError) {
        guard text.utf8.count <= Self.maxLength else {
            throw Self.invalid("is longer than \(Self.maxLength) bytes")
        }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw Self.invalid("has characters that must be escaped: write xn--… and %C3%A9")
        }
        let empty = unsafe start.map { unsafe curl_url_dup($0.handle) } ?? curl_url()
        guard let handle = unsafe empty else {
            throw HTTPClientError(.other, "libcurl has no memory for an address")
        }
        do throws(HTTPClientError) {
            unsafe try Self.set(text, handle)
            scheme = unsafe try Self.part(CURLUPART_SCHEME, of: handle).lowercased()
            host = unsafe HostPattern.plain(try Self.part(CURLUPART_HOST, of: handle))
            port = unsafe Int(try Self.part(CURLUPART_PORT, of: handle)) ?? 0
            guard ["http", "https"].contains(scheme) else {
                throw Self.invalid("begins with neither http:// nor https://")
            }
        } catch {
            unsafe curl_url_cleanup(handle)
            throw error
        }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_url_cleanup(handle) }

    /// How messages call it: nothing that follows the host may be told.
    var place: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name):\(port)"
    }

    /// The address that a redirect from here leads to, which may be a part of one.
    func following(_ location: String) throws(HTTPClientError) -> HTTPTarget {
        do throws(HTTPClientError) {
            return try HTTPTarget(location, from: self)
        } catch {
            throw HTTPClientError(.refusedRedirect, "\(place) leads nowhere: \(error.message)")
        }
    }

    func isSameOrigin(as other: HTTPTarget) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    private static func set(_ text: String, _ handle: OpaquePointer) throws(HTTPClientError) {
        let flags = UInt32(CURLU_DISALLOW_USER)
        let code = unsafe curl_url_set(handle, CURLUPART_URL, text, flags)
        switch code {
        case CURLUE_OK: return
        case CURLUE_USER_NOT_ALLOWED:
            throw invalid("holds credentials; put them into a file of their own")
        case CURLUE_UNSUPPORTED_SCHEME: throw invalid("begins with neither http:// nor https://")
        default:
            let reason = unsafe curl_url_strerror(code).map { unsafe String(cString: $0) }
            throw invalid("cannot be read: \(reason ?? "libcurl does not say why")")
        }
    }

    private static func part(
        _ part: CURLUPart,
        of handle: OpaquePointer
    ) throws(HTTPClientError) -> String {
        var text: UnsafeMutablePointer<CChar>?
        let flags = UInt32(CURLU_DEFAULT_PORT)
        let code = unsafe curl_url_get(handle, part, &text, flags)
        guard code == CURLUE_OK, let found = unsafe text else { throw invalid("names no host") }
        defer { unsafe curl_free(found) }
        return unsafe String(cString: found)
    }

    private static func invalid(_ what: String) -> HTTPClientError {
        HTTPClientError(.invalidRequest, "the address \(what)")
    }
}
