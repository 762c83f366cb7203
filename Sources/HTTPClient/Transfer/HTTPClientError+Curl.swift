internal import CCurl

extension HTTPClientError {
    /// What a code of libcurl means at the end of a transfer; the one place that knows them.
    init(_ curl: CURLcode, of transfer: Transfer) {
        let place = transfer.target.place
        switch curl {
        case CURLE_OPERATION_TIMEDOUT: self = transfer.timedOut
        case CURLE_FILESIZE_EXCEEDED: self = transfer.tooLarge
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.unresolvable, "\(transfer.target.host) has no address")
        case CURLE_COULDNT_CONNECT:
            self.init(.unreachable, "there is no connection to \(place)")
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
            CURLE_SSL_CONNECT_ERROR, CURLE_SEND_FAIL_REWIND:
            self.init(
                .connectionLost,
                "\(place) broke off before the answer was whole: \(Self.text(of: curl))"
            )
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self.init(
                .untrusted,
                "\(place) shows a certificate that is not believed: name the file of its "
                    + "authority, or correct the name of the host"
            )
        case CURLE_SSL_CACERT_BADFILE:
            self.init(
                .invalidRequest,
                "the file of certificates for \(place) cannot be read, or is no PEM file"
            )
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            CURLE_WRITE_ERROR:
            self.init(.notHTTP, "\(place) sends what is no HTTP: \(Self.text(of: curl))")
        default:
            self.init(.other, "\(place) could not be asked: \(Self.text(of: curl))")
        }
    }

    /// What keeps a request from being made ready.
    init(setting curl: CURLcode) {
        self.init(.other, "libcurl cannot be told what to do: \(Self.text(of: curl))")
    }

    private static func text(of curl: CURLcode) -> String {
        unsafe curl_easy_strerror(curl).map { unsafe String(cString: $0) } ?? "\(curl.rawValue)"
    }
}
