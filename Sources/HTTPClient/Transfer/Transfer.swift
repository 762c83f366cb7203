internal import CCurl
import Synchronization

/// One request to one host and its answer; redirects are transfers of their own.
///
/// waiting ─▶ under way ─▶ ended; it may end from everywhere, and does so once.
@safe
final class Transfer: @unchecked Sendable {
    // Guard: `isCancelled` is atomic, the others are touched by the thread of the engine only.

    let request: HTTPClientRequest
    let target: HTTPTarget
    let deadline: ContinuousClock.Instant
    private let cancelled = Atomic<Bool>(false)
    private var continuation: CheckedContinuation<Outcome, Never>?
    /// Nil unless it is under way.
    var easy: EasyHandle?
    /// What has come so far.
    var answer = TransferAnswer()

    typealias Outcome = Result<HTTPClientResponse, HTTPClientError>

    init(
        _ request: HTTPClientRequest,
        to target: HTTPTarget,
        until deadline: ContinuousClock.Instant
    ) {
        self.request = request
        self.target = target
        self.deadline = deadline
    }

    /// Whether nobody waits for it any more; any thread may say so.
    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    func cancel() { cancelled.store(true, ordering: .releasing) }

    /// Says whom to tell; before the engine has it.
    func await(_ continuation: CheckedContinuation<Outcome, Never>) {
        self.continuation = continuation
    }

    /// Makes the request ready to be sent.
    func begin() throws(HTTPClientError) {
        let authorization = try request.credential?.authorization()
        let easy = try EasyHandle()
        try easy.configure(for: self, authorization)
        self.easy = easy
    }

    /// Tells what became of it; the second time does nothing.
    func end(_ outcome: Outcome) {
        easy = nil
        continuation?.resume(returning: outcome)
        continuation = nil
    }

    /// Tells what became of it by libcurl's code.
    func end(with code: CURLcode) {
        guard let easy else { return }
        if let refusal = answer.refusal { return end(.failure(error(refusal))) }
        guard code == CURLE_OK else { return end(.failure(HTTPClientError(code, of: self))) }
        guard answer.isHeadWhole else {
            return end(.failure(HTTPClientError(CURLE_PARTIAL_FILE, of: self)))
        }
        let response = HTTPClientResponse(
            status: easy.status,
            headers: answer.headers,
            body: answer.body,
            url: easy.url,
            retryAfter: easy.retryAfter
        )
        end(.success(response))
    }

    private func error(_ refusal: TransferAnswer.Refusal) -> HTTPClientError {
        switch refusal {
        case .address(let address):
            HTTPClientError(
                .refusedAddress,
                "\(target.place) is at an address that may not be asked: "
                    + (address.map { "\($0), which is \($0.scope.rawValue)" } ?? "of no known kind")
            )
        case .tooLarge: tooLarge
        case .headersTooLarge:
            HTTPClientError(
                .tooLarge,
                "\(target.place) sent more than \(TransferAnswer.maxHeaderBytes) bytes of headers"
            )
        }
    }

    var tooLarge: HTTPClientError {
        HTTPClientError(
            .tooLarge,
            "\(target.place) sent more than the \(request.access.maxBodyBytes) bytes that are taken"
        )
    }

    var timedOut: HTTPClientError {
        let limit =
            answer.isConnected
            ? request.access.timeout : min(request.access.connectTimeout, request.access.timeout)
        return HTTPClientError(
            .timedOut,
            answer.isConnected
                ? "\(target.place) did not answer wholly within \(limit)"
                : "there was no connection to \(target.place) within \(limit)"
        )
    }
}
