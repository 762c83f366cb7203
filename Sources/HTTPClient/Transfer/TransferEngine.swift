internal import CCurl
internal import EventLoop
import Synchronization

/// Moves many transfers on one thread, by the multi interface of libcurl.
///
/// The thread sleeps while there are none.
@safe
final class TransferEngine: @unchecked Sendable {
    // Guard: `inbox` has its lock, `multi` may be woken from any thread; the others are touched by
    // the thread of the loop only.

    /// How many callers may wait for their turn.
    static let maxWaiting = 1_000
    /// How many connections are kept for later.
    private static let maxIdleConnections = 16
    /// The longest sleep while transfers are under way.
    private static let maxPause = Duration.seconds(1)

    private let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private let maxActive: Int
    private let inbox = Mutex(Inbox())
    private var waiting: [Transfer] = []
    /// By the addresses of their handles.
    private var active: [UInt: Transfer] = [:]

    private struct Inbox {
        var transfers: [Transfer] = []
        /// Those that have come and not ended.
        var count = 0
        var isRunning = false
    }

    /// libcurl wants to be told once that it will be used; it never ends.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK

    init(maxActive: Int) throws(HTTPClientError) {
        guard Self.isReady, let multi = unsafe curl_multi_init() else {
            throw HTTPClientError(.other, "libcurl cannot be used: too little memory?")
        }
        do throws(TransportError) {
            loop = try EventLoop(name: "http-client")
        } catch {
            unsafe curl_multi_cleanup(multi)
            throw HTTPClientError(.other, "no thread for requests: \(error)")
        }
        unsafe self.multi = multi
        self.maxActive = maxActive
        unsafe cw_curl_set_limit(multi, CURLMOPT_MAXCONNECTS, Self.maxIdleConnections)
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    /// Takes a transfer over; it is told when it has ended.
    func submit(_ transfer: Transfer) {
        let (isTaken, mustRun) = inbox.withLock { inbox -> (Bool, Bool) in
            guard inbox.count < maxActive + Self.maxWaiting else { return (false, false) }
            inbox.count += 1
            inbox.transfers.append(transfer)
            defer { inbox.isRunning = true }
            return (true, !inbox.isRunning)
        }
        guard isTaken else {
            return transfer.end(
                .failure(
                    HTTPClientError(
                        .overloaded,
                        "\(Self.maxWaiting) requests wait for their turn already"
                    )
                )
            )
        }
        if mustRun { loop.execute { self.run() } } else { wake() }
    }

    /// Lets the thread look at what has changed.
    func wake() { unsafe curl_multi_wakeup(multi) }

    // MARK: The thread

    private func run() {
        while true {
            waiting += inbox.withLock { inbox in
                defer { inbox.transfers.removeAll() }
                return inbox.transfers
            }
            endUnwanted()
            startWaiting()
            if active.isEmpty, rest() { return }
            let hasEnded = move()
            if !hasEnded { pause() }
        }
    }

    /// Whether there is nothing to do, and who comes next has to call `run`.
    private func rest() -> Bool {
        inbox.withLock { inbox in
            guard inbox.transfers.isEmpty, waiting.isEmpty else { return false }
            inbox.isRunning = false
            return true
        }
    }

    private func endUnwanted() {
        let now = ContinuousClock.now
        waiting.removeAll { transfer in
            guard transfer.isCancelled || transfer.deadline <= now else { return false }
            end(transfer, .failure(transfer.isCancelled ? Self.cancelled : transfer.timedOut))
            return true
        }
        for transfer in active.values where transfer.isCancelled {
            remove(transfer)
            end(transfer, .failure(Self.cancelled))
        }
    }

    private func startWaiting() {
        while active.count < maxActive, !waiting.isEmpty {
            let transfer = waiting.removeFirst()
            do throws(HTTPClientError) {
                try transfer.begin()
                try add(transfer)
            } catch {
                end(transfer, .failure(error))
            }
        }
    }

    private func add(_ transfer: Transfer) throws(HTTPClientError) {
        guard let easy = transfer.easy else { return }
        let code = unsafe curl_multi_add_handle(multi, easy.handle)
        guard code == CURLM_OK else { throw Self.broken(code) }
        active[unsafe UInt(bitPattern: easy.handle)] = transfer
    }

    /// Lets libcurl do what can be done now; whether a transfer has ended.
    private func move() -> Bool {
        var running: Int32 = 0
        let code = unsafe curl_multi_perform(multi, &running)
        guard code == CURLM_OK else {
            for transfer in active.values {
                remove(transfer)
                end(transfer, .failure(Self.broken(code)))
            }
            return true
        }
        var hasEnded = false
        var result = CURLE_OK
        while let easy = unsafe cw_curl_next_done(multi, &result) {
            hasEnded = true
            guard let transfer = active[UInt(bitPattern: easy)] else { continue }
            remove(transfer)
            inbox.withLock { $0.count -= 1 }
            transfer.end(with: result)
        }
        return hasEnded
    }

    private func pause() {
        let now = ContinuousClock.now
        let next = waiting.map { now.duration(to: $0.deadline) }.min() ?? Self.maxPause
        let milliseconds = (min(next, Self.maxPause) / .milliseconds(1)).rounded(.up)
        unsafe curl_multi_poll(multi, nil, 0, Int32(max(0, milliseconds)), nil)
    }

    private func remove(_ transfer: Transfer) {
        guard let easy = transfer.easy else { return }
        unsafe curl_multi_remove_handle(multi, easy.handle)
        active[unsafe UInt(bitPattern: easy.handle)] = nil
    }

    private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
        inbox.withLock { $0.count -= 1 }
        transfer.end(outcome)
    }

    private static let cancelled = HTTPClientError(.cancelled, "the request was cancelled")

    private static func broken(_ code: CURLMcode) -> HTTPClientError {
        let text = unsafe curl_multi_strerror(code).map { unsafe String(cString: $0) }
        return HTTPClientError(.other, "libcurl failed: \(text ?? "\(code.rawValue)")")
    }
}
