/// Asks servers over HTTP, within the bounds that each request has.
///
/// What may be connected to is decided by the address that is really connected to, so a name that
/// leads elsewhere a moment later helps nobody. There is no proxy, no cookie and no other protocol.
/// All requests of a client share a thread, which lives as long as the process: make one client.
public final class HTTPClient: Sendable {
    private let engine: TransferEngine

    /// A client that has so many requests under way at once; others wait for their turn.
    ///
    /// - Throws: `other` when the system has no thread or memory for it.
    public init(maxConcurrent: Int = 32) throws(HTTPClientError) {
        engine = try TransferEngine(maxActive: max(1, maxConcurrent))
    }

    /// Sends a request and gives the answer, whatever its status; follows redirects of its host.
    ///
    /// Cancelling the task ends the transfer. What a server of another host would get to see is
    /// nothing: a redirect there is an error.
    public func fetch(
        _ request: HTTPClientRequest
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        let deadline = ContinuousClock.now + request.access.timeout
        var target = try HTTPTarget(request.url)
        var redirects = 0
        while true {
            try check(target, by: request.access)
            let response = try await transfer(request, to: target, until: deadline)
            guard let next = try redirect(response, from: target, request) else { return response }
            redirects += 1
            guard redirects <= request.access.maxRedirects else {
                throw HTTPClientError(
                    .refusedRedirect,
                    "\(target.place) leads on and on: more than \(request.access.maxRedirects) "
                        + "redirects"
                )
            }
            target = next
        }
    }

    private func check(_ target: HTTPTarget, by access: HTTPAccess) throws(HTTPClientError) {
        guard access.allows(host: target.host) else {
            throw HTTPClientError(
                .refusedHost,
                "\(target.host) is not one of the hosts that may be asked"
            )
        }
    }

    private func transfer(
        _ request: HTTPClientRequest,
        to target: HTTPTarget,
        until deadline: ContinuousClock.Instant
    ) async throws(HTTPClientError) -> HTTPClientResponse {
        let transfer = Transfer(request, to: target, until: deadline)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.await(continuation)
                engine.submit(transfer)
            }
        } onCancel: {
            transfer.cancel()
            engine.wake()
        }
        return try outcome.get()
    }

    /// Where a response leads to; nil when it is the answer.
    private func redirect(
        _ response: HTTPClientResponse,
        from target: HTTPTarget,
        _ request: HTTPClientRequest
    ) throws(HTTPClientError) -> HTTPTarget? {
        guard [301, 302, 303, 307, 308].contains(response.status),
            let location = response.header("location")
        else { return nil }
        guard request.method == .get else {
            throw HTTPClientError(
                .refusedRedirect,
                "\(target.place) leads elsewhere, where what was sent to it is not sent again"
            )
        }
        let next = try target.following(location)
        guard next.isSameOrigin(as: target) else {
            throw HTTPClientError(
                .refusedRedirect,
                "\(target.place) leads to \(next.place), which is not the same: ask there"
            )
        }
        return next
    }
}
