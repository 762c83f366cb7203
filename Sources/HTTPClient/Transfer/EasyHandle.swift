internal import CCurl
internal import Telemetry

/// The owner of one easy handle of libcurl and of what it refers to.
@safe
final class EasyHandle {
    let handle: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?

    init() throws(HTTPClientError) {
        guard let handle = unsafe curl_easy_init() else {
            throw HTTPClientError(.other, "libcurl has no memory for a request")
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(headers)
    }

    var status: Int { unsafe cw_curl_number(handle, CURLINFO_RESPONSE_CODE) }

    var url: String {
        unsafe cw_curl_text(handle, CURLINFO_EFFECTIVE_URL)
            .map { unsafe String(cString: $0) } ?? ""
    }

    /// What the header says, in seconds or as a moment.
    var retryAfter: Duration? {
        let seconds = unsafe cw_curl_size(handle, CURLINFO_RETRY_AFTER)
        return seconds > 0 ? .seconds(seconds) : nil
    }

    /// Says all that libcurl has to know; `transfer` must live as long as the handle is used.
    func configure(
        for transfer: Transfer,
        _ authorization: Secret?
    ) throws(HTTPClientError) {
        let access = transfer.request.access
        unsafe try check(
            cw_curl_set_pointer(
                handle,
                CURLOPT_CURLU,
                UnsafeMutableRawPointer(transfer.target.handle)
            )
        )
        try configureSafety(access)
        try configureTimes(access, until: transfer.deadline)
        try configureMethod(transfer.request.method)
        try configureHeaders(transfer.request, authorization)
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        unsafe try check(cw_curl_set_callbacks(handle, Transfer.callbacks, context))
    }

    private func configureSafety(_ access: HTTPAccess) throws(HTTPClientError) {
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        // An empty text is no proxy at all, whatever the environment says.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NETRC, 0)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = access.authorityFile { try set(CURLOPT_CAINFO, file) }
        unsafe try check(
            cw_curl_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, Int64(access.maxBodyBytes))
        )
        try set(CURLOPT_NOSIGNAL, 1)
        // A name server that is silent must not hold up the thread when nobody waits any more.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_MAXAGE_CONN, Self.maxIdleSeconds)
    }

    /// How long a connection is kept for the next request.
    private static let maxIdleSeconds = 30

    private func configureTimes(
        _ access: HTTPAccess,
        until deadline: ContinuousClock.Instant
    ) throws(HTTPClientError) {
        let remaining = ContinuousClock.now.duration(to: deadline)
        try set(CURLOPT_TIMEOUT_MS, Self.milliseconds(remaining))
        try set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(min(access.connectTimeout, remaining)))
    }

    /// Zero would mean: for ever.
    private static func milliseconds(_ duration: Duration) -> Int {
        Int(Int32(clamping: max(1, Int64((duration / .milliseconds(1)).rounded(.up)))))
    }

    private func configureMethod(_ method: HTTPClientRequest.Method) throws(HTTPClientError) {
        switch method {
        case .get: try set(CURLOPT_HTTPGET, 1)
        case .post(let body, _):
            try set(CURLOPT_POST, 1)
            let code = unsafe body.withUnsafeBytes { bytes in
                unsafe cw_curl_set_body(handle, bytes.baseAddress, Int64(bytes.count))
            }
            try check(code)
        }
    }

    private func configureHeaders(
        _ request: HTTPClientRequest,
        _ authorization: Secret?
    ) throws(HTTPClientError) {
        // The first one keeps libcurl from asking whether it may send a body.
        var lines = ["Expect:"] + request.headers.map(\.line)
        let names = Set(request.headers.map { $0.name.lowercased() })
        if !names.contains("user-agent") { lines.append("User-Agent: cacheworker") }
        if case .post(_, let type) = request.method, !names.contains("content-type") {
            lines.append(try HTTPHeader("Content-Type", type).line)
        }
        if let authorization { lines.append("Authorization: \(authorization.revealed)") }
        for line in lines {
            guard let longer = unsafe curl_slist_append(headers, line) else {
                throw HTTPClientError(.other, "libcurl has no memory for a request")
            }
            unsafe headers = longer
        }
        unsafe try check(cw_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
    }

    private func set(_ option: CURLoption, _ number: Int) throws(HTTPClientError) {
        try check(unsafe cw_curl_set_number(handle, option, number))
    }

    private func set(_ option: CURLoption, _ text: String) throws(HTTPClientError) {
        try check(unsafe cw_curl_set_text(handle, option, text))
    }

    private func check(_ code: CURLcode) throws(HTTPClientError) {
        guard code == CURLE_OK else { throw HTTPClientError(setting: code) }
    }
}
